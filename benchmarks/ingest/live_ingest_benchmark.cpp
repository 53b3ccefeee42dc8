// Messages of a broker: into a store, beside a bare subscriber of libmosquitto that counts them.
//   live_ingest_benchmark publish PORT MESSAGES SAMPLES
//   live_ingest_benchmark bare PORT MESSAGES
//   live_ingest_benchmark ingest PORT MESSAGES SAMPLES STORE
// Both readers say "ready", then "seconds S" from the first message to the last one's
// acknowledgement, and "cpu S".

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>

#include "benchmarks/clock.hpp"
#include "engine/live/live_ingest.hpp"
#include "engine/live/mqtt_connection.hpp"

namespace {

using namespace foretwin;
using Clock = std::chrono::steady_clock;

constexpr int in_flight = 2000;
constexpr std::int64_t begin_ms = 1'700'000'000'000;

double since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

void tell(Clock::time_point begin) {
    const double cpu = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    std::printf("seconds %.6f\ncpu %.6f\n", since(begin), cpu);
}

std::string payload(int message, int samples) {
    std::string text = "[";
    for (int i = 0; i < samples; ++i) {
        const std::int64_t at = begin_ms + std::int64_t{message} * samples + i;
        text += (i == 0 ? "{\"t\": " : ", {\"t\": ") + std::to_string(at) +
                ", \"v\": " + std::to_string(at % 977) + ".5}";
    }
    return text + "]";
}

/// A client of libmosquitto without anything of ours.
struct Bare {
    explicit Bare(int port) {
        mosquitto_lib_init();
        handle = mosquitto_new(nullptr, true, this);
        mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
        mosquitto_int_option(handle, MOSQ_OPT_RECEIVE_MAXIMUM, in_flight);
        mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, in_flight);
        mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1);
        if (mosquitto_connect(handle, "localhost", port, 60) != MOSQ_ERR_SUCCESS) std::exit(3);
    }
    mosquitto* handle = nullptr;
    int done = 0;
    int wanted = 0;
    Clock::time_point begin{};
};

int publish(int port, int messages, int samples) {
    Bare client(port);
    client.wanted = messages;
    mosquitto_publish_callback_set(client.handle, [](mosquitto* handle, void* user, int) {
        auto* self = static_cast<Bare*>(user);
        if (++self->done == self->wanted) mosquitto_disconnect(handle);
    });
    for (int sent = 0; client.done < messages;) {
        while (sent < messages && sent - client.done < in_flight) {
            const std::string text = payload(sent++, samples);
            mosquitto_publish(client.handle, nullptr, "plant/press/telemetry",
                              static_cast<int>(text.size()), text.data(), 1, false);
        }
        if (mosquitto_loop(client.handle, 100, 1) != MOSQ_ERR_SUCCESS) break;
    }
    return client.done == messages ? 0 : 3;
}

int read_bare(int port, int messages) {
    Bare client(port);
    client.wanted = messages;
    mosquitto_subscribe_callback_set(client.handle, [](mosquitto*, void*, int, int, const int*) {
        std::cout << "ready" << std::endl;
    });
    mosquitto_message_callback_set(client.handle,
                                   [](mosquitto* handle, void* user, const mosquitto_message*) {
                                       auto* self = static_cast<Bare*>(user);
                                       if (self->done++ == 0) self->begin = Clock::now();
                                       if (self->done == self->wanted) mosquitto_disconnect(handle);
                                   });
    mosquitto_subscribe(client.handle, nullptr, "plant/+/telemetry", 1);
    mosquitto_loop_forever(client.handle, -1, 1);
    tell(client.begin);
    return client.done == messages ? 0 : 3;
}

int ingest(int port, int messages, int samples, const std::string& path) {
    telemetry::SignalDescription value;
    value.name = value.column = "v";
    telemetry::IngestDescription rules;
    rules.signals = {value};
    live::PayloadMapping mapping;
    mapping.time_form = live::TimeForm::milliseconds;
    mapping.time = {live::FieldPlace::Kind::field, "", {"t"}, 0};
    mapping.device = {live::FieldPlace::Kind::level, "", {}, 2};
    mapping.items = {"v"};
    live::MqttOptions options;
    options.port = port;
    options.client_id = "foretwin";
    options.session_s = 3600;
    options.in_flight = in_flight;
    telemetry::Store store(path);
    live::MqttConnection source(options, {"plant/+/telemetry"}, [](const std::string& said) {
        if (said.starts_with("connected")) std::cout << "ready" << std::endl;
    });
    live::MappedPayload reader(mapping);
    live::LiveIngest line({rules, store, source, reader, {}, [](const std::string&) {}},
                          path + ".held", "benchmark");
    Clock::time_point begin{};
    const auto wanted = static_cast<std::size_t>(messages) * static_cast<std::size_t>(samples);
    while (store.committed() < wanted) {
        line.turn(begin_ms * millisecond, 100 * millisecond);
        if (begin == Clock::time_point{} && line.messages() > 0) begin = Clock::now();
    }
    tell(begin);
    line.finish(begin_ms * millisecond);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    const auto number = [&](int i) { return i < argc ? std::atoi(argv[i]) : 0; };
    if (what == "publish" && argc == 5) return publish(number(2), number(3), number(4));
    if (what == "bare" && argc == 4) return read_bare(number(2), number(3));
    if (what == "ingest" && argc == 6) return ingest(number(2), number(3), number(4), argv[5]);
    std::fprintf(stderr, "see the top of the source\n");
    return 2;
}
