#include "engine/live/kafka_source.hpp"

#include <doctest/doctest.h>

#ifdef FORETWIN_WITH_KAFKA

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/live/live_ingest.hpp"

using namespace foretwin;
using namespace foretwin::live;

namespace {

namespace files = std::filesystem;
constexpr telemetry::Instant noon = 1'700'000'000 * second;

/// librdkafka's own cluster, inside this process, and a producer of records for it.
class Cluster {
  public:
    Cluster() {
        rd_kafka_conf_t* conf = rd_kafka_conf_new();
        rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", nullptr, 0);
        client_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
        REQUIRE(client_ != nullptr);
        mock_ = rd_kafka_handle_mock_cluster(client_);
        rd_kafka_mock_topic_create(mock_, "telemetry", 2, 1);
    }
    ~Cluster() { rd_kafka_destroy(client_); }
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;

    std::string servers() const { return rd_kafka_mock_cluster_bootstraps(mock_); }
    void break_down() { rd_kafka_mock_broker_set_down(mock_, 1); }
    void mend() { rd_kafka_mock_broker_set_up(mock_, 1); }

    /// Records `from` to `to`, without the last one, by turns to both partitions.
    void send(int from, int to) {
        for (int i = from; i < to; ++i) {
            const std::string text = R"({"t": )" + std::to_string(1'700'000'000 + i) +
                                     R"(, "v": )" + std::to_string(i) + "}";
            const std::string key = i % 2 == 0 ? "press" : "saw";
            rd_kafka_producev(client_, RD_KAFKA_V_TOPIC("telemetry"), RD_KAFKA_V_PARTITION(i % 2),
                              RD_KAFKA_V_KEY(key.data(), key.size()),
                              RD_KAFKA_V_VALUE(const_cast<char*>(text.data()), text.size()),
                              RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
        }
        CHECK(rd_kafka_flush(client_, 20'000) == RD_KAFKA_RESP_ERR_NO_ERROR);
    }

  private:
    rd_kafka_t* client_ = nullptr;
    rd_kafka_mock_cluster_t* mock_ = nullptr;
};

PayloadMapping mapping() {
    PayloadMapping made;
    made.time_form = TimeForm::seconds;
    made.time = {FieldPlace::Kind::field, "", {"t"}, 0};
    made.device.kind = FieldPlace::Kind::key;
    made.items = {"v"};
    return made;
}

/// A process that reads the cluster into a store, until it has seen so many messages.
std::int64_t live_until(Cluster& cluster, const files::path& folder,
                        const telemetry::IngestDescription& rules, std::size_t committed,
                        bool ends_well, bool breaks_down = false) {
    telemetry::Store store(folder / "store.h5");
    KafkaOptions options;
    options.brokers = cluster.servers();
    options.group = "foretwin";
    options.window = 40;
    options.session_ms = 4000;  // the mock waits so long for members that have left
    const auto source = open_kafka(options, {"telemetry"}, [](const std::string&) {});
    MappedPayload reader(mapping());
    LiveIngest ingest({rules, store, *source, reader, {}, [](const std::string&) {}},
                      folder / "held", "kafka");
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (store.committed() < committed && std::chrono::steady_clock::now() < end) {
        ingest.turn(noon + hour, 50 * millisecond);
        if (breaks_down && store.committed() > 0) {
            cluster.break_down();
            for (int i = 0; i < 3; ++i) ingest.turn(noon + hour, 10 * millisecond);
            cluster.mend();
            breaks_down = false;
        }
    }
    CHECK(store.committed() >= committed);
    if (ends_well) ingest.finish(noon + hour);
    return ingest.intake().report().total().of(telemetry::Defect::exact_duplicate);
}

}  // namespace

TEST_CASE("offsets are committed behind the store: nothing is lost or doubled over restarts") {
    if (FORETWIN_ORACLE_LENGTH < 1) return;  // it waits for timers more than it computes
    const files::path folder =
        files::temp_directory_path() / ("foretwin_kafka_" + std::to_string(getpid()));
    files::create_directories(folder);
    telemetry::SignalDescription value;
    value.name = value.column = "v";
    telemetry::IngestDescription rules;
    rules.signals = {value};
    Cluster cluster;
    cluster.send(0, 200);
    live_until(cluster, folder, rules, 100, false);  // ends in the middle of it
    cluster.send(200, 300);
    live_until(cluster, folder, rules, 300, true, true);
    cluster.send(300, 310);
    // All before was committed: nothing of it comes again.
    CHECK(live_until(cluster, folder, rules, 310, true) == 0);
    const telemetry::StoreReader store(folder / "store.h5");
    for (const char* device : {"press", "saw"}) {
        const auto samples = store.read(device, "v", noon, noon + hour).samples;
        REQUIRE(samples.size() == 155);
        for (std::size_t i = 0; i < samples.size(); ++i)
            CHECK(samples[i].value == 2.0 * static_cast<double>(i) + (device[0] == 's'));
    }
    files::remove_all(folder);
}

#endif

TEST_CASE("a program without Kafka says so") {
    if (foretwin::live::has_kafka()) return;
    CHECK_THROWS_WITH_AS(foretwin::live::open_kafka({}, {"t"}, {}),
                         doctest::Contains("built without Kafka"), foretwin::EnvironmentError);
}
