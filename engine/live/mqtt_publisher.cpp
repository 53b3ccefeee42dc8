#include "engine/live/mqtt_publisher.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/core/error.hpp"

namespace foretwin::live {

namespace {

constexpr int refused_from = 0x80;  ///< reason codes of MQTT 5 from here on are refusals
using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds first_pause{100};
constexpr std::chrono::milliseconds longest_pause{10'000};
constexpr std::chrono::milliseconds farewell{1000};
constexpr int loop_ms = 100;

}  // namespace

struct MqttPublisher::Callbacks {
    static MqttPublisher& of(void* user) { return *static_cast<User*>(user)->publisher; }
    static void connect(mosquitto* /*handle*/, void* user, int reason, int /*flags*/,
                        const mosquitto_property* /*properties*/) {
        MqttPublisher& self = of(user);
        const std::lock_guard lock(self.mutex_);
        self.connected_ = reason == 0;
        self.refused_ = reason >= refused_from;
        self.trouble_ = reason == 0 ? "" : mosquitto_reason_string(reason);
        self.changed_.notify_all();
    }
    static void disconnect(mosquitto* /*handle*/, void* user, int code,
                           const mosquitto_property* /*properties*/) {
        MqttPublisher& self = of(user);
        const std::lock_guard lock(self.mutex_);
        if (self.connected_) self.trouble_ = mqtt_error_text(code);
        self.connected_ = false;
    }
    static void publish(mosquitto* /*handle*/, void* user, int number, int reason,
                        const mosquitto_property* /*properties*/) {
        MqttPublisher& self = of(user);
        const std::lock_guard lock(self.mutex_);
        self.outcome_[number] = reason;
        self.changed_.notify_all();
    }
};

MqttPublisher::MqttPublisher(MqttOptions options) {
    user_.options = std::move(options);
    user_.publisher = this;
    handle_ = make_mqtt_handle(user_);
    mosquitto* raw = handle_.get();
    mosquitto_connect_v5_callback_set(raw, Callbacks::connect);
    mosquitto_disconnect_v5_callback_set(raw, Callbacks::disconnect);
    mosquitto_publish_v5_callback_set(raw, Callbacks::publish);
    mosquitto_threaded_set(raw, true);  // messages are handed over by other threads
    thread_ = std::thread([this] { keep_connected(); });
}

MqttPublisher::~MqttPublisher() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        changed_.notify_all();
    }
    mosquitto_disconnect(handle_.get());
    thread_.join();
}

bool MqttPublisher::is_ending() {
    const std::lock_guard lock(mutex_);
    return ending_;
}

/// libmosquitto's own thread gives up when the broker is not there at the beginning.
void MqttPublisher::keep_connected() {
    mosquitto* raw = handle_.get();
    const MqttOptions& options = user_.options;
    bool first = true;
    std::chrono::milliseconds pause = first_pause;
    while (!is_ending()) {
        int code = std::exchange(first, false)
                       ? mosquitto_connect(raw, options.host.c_str(), options.real_port(),
                                           options.keepalive_s)
                       : mosquitto_reconnect(raw);
        if (code == MOSQ_ERR_SUCCESS) pause = first_pause;
        // When it ends, what is queued still goes out, with the farewell behind it.
        for (auto end = Clock::time_point::max(); code == MOSQ_ERR_SUCCESS && Clock::now() < end;) {
            code = mosquitto_loop(raw, loop_ms, 1);
            if (end == Clock::time_point::max() && is_ending()) end = Clock::now() + farewell;
        }
        std::unique_lock lock(mutex_);
        connected_ = false;
        if (code != MOSQ_ERR_SUCCESS && !refused_) trouble_ = mqtt_error_text(code);
        changed_.wait_for(lock, pause, [this] { return ending_; });
        pause = std::min(2 * pause, longest_pause);
    }
}

std::string MqttPublisher::trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
}

bool MqttPublisher::publish(const Outgoing& message, Time at_most) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::nanoseconds(at_most);
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, end, [&] { return connected_ || refused_; });
    if (refused_) throw EnvironmentError(user_.options.name() + " refuses us: " + trouble_);
    if (!connected_ && message.qos == 0) return false;
    lock.unlock();  // libmosquitto may call back from within
    int number = 0;
    const int code = mosquitto_publish_v5(
        handle_.get(), &number, message.topic.c_str(), static_cast<int>(message.payload.size()),
        message.payload.data(), message.qos, message.retain, nullptr);
    if (code == MOSQ_ERR_NO_CONN) return false;
    if (code != MOSQ_ERR_SUCCESS)
        throw EnvironmentError("cannot publish to '" + message.topic +
                               "': " + mqtt_error_text(code));
    lock.lock();
    changed_.wait_until(lock, end, [&] { return outcome_.count(number) > 0; });
    const auto found = outcome_.find(number);
    if (found == outcome_.end()) return false;
    const int reason = found->second;
    outcome_.erase(found);
    if (reason >= refused_from)
        throw EnvironmentError(user_.options.name() + " refuses a message to '" + message.topic +
                               "': " + mosquitto_reason_string(reason));
    return true;
}

}  // namespace foretwin::live
