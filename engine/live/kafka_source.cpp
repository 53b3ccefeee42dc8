#include "engine/live/kafka_source.hpp"

#ifdef FORETWIN_WITH_KAFKA
#include <librdkafka/rdkafkacpp.h>

#include <utility>
#endif

#include "engine/core/error.hpp"

namespace foretwin::live {

#ifdef FORETWIN_WITH_KAFKA

namespace {

/// What librdkafka has to tell, and when partitions come and go.
class KafkaSource : public MessageSource, public RdKafka::EventCb, public RdKafka::RebalanceCb {
  public:
    KafkaSource(const KafkaOptions& options, const std::vector<std::string>& topics, Tell tell)
        : options_(options), tell_(std::move(tell)) {
        const std::unique_ptr<RdKafka::Conf> conf(
            RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
        configure(*conf);
        std::string why;
        consumer_.reset(RdKafka::KafkaConsumer::create(conf.get(), why));
        if (!consumer_) throw EnvironmentError("cannot make a reader of Kafka: " + why);
        const RdKafka::ErrorCode code = consumer_->subscribe(topics);
        if (code != RdKafka::ERR_NO_ERROR)
            throw EnvironmentError("cannot subscribe to " + topics.front() + ": " +
                                   RdKafka::err2str(code));
    }
    ~KafkaSource() override { close(); }
    KafkaSource(const KafkaSource&) = delete;
    KafkaSource& operator=(const KafkaSource&) = delete;

    std::size_t read(const TakeMessage& take, std::size_t at_most, Time wait) override {
        std::size_t taken = 0;
        while (taken < at_most) {
            const int wait_ms = taken > 0 ? 0 : static_cast<int>(wait / millisecond);
            const std::unique_ptr<RdKafka::Message> message(consumer_->consume(wait_ms));
            const RdKafka::ErrorCode code = message->err();
            if (code == RdKafka::ERR_NO_ERROR) {
                hand_over(take, *message);
                ++taken;
            } else if (code == RdKafka::ERR__TIMED_OUT || code == RdKafka::ERR__PARTITION_EOF) {
                break;
            } else if (code == RdKafka::ERR_TOPIC_AUTHORIZATION_FAILED ||
                       code == RdKafka::ERR_GROUP_AUTHORIZATION_FAILED) {
                throw EnvironmentError(options_.name() + " refuses us: " + message->errstr());
            } else {
                trouble(message->errstr());
                break;
            }
        }
        return taken;
    }

    /// Positions behind what was handed over; those of partitions that are no longer ours are
    /// another member's affair.
    void acknowledge() override {
        if (!unacknowledged_) return;
        std::vector<RdKafka::TopicPartition*> positions;
        consumer_->assignment(positions);
        consumer_->position(positions);
        const RdKafka::ErrorCode code = consumer_->commitSync(positions);
        RdKafka::TopicPartition::destroy(positions);
        if (code != RdKafka::ERR_NO_ERROR && code != RdKafka::ERR__NO_OFFSET)
            return trouble("offsets were not committed: " + RdKafka::err2str(code));
        unacknowledged_ = false;
    }

    std::size_t window() const override { return static_cast<std::size_t>(options_.window); }
    bool connected() const override { return connected_; }
    void close() override {
        if (consumer_) consumer_->close();
        consumer_.reset();
    }

    void event_cb(RdKafka::Event& event) override {
        if (event.type() == RdKafka::Event::EVENT_ERROR) trouble(event.str());
    }

    void rebalance_cb(RdKafka::KafkaConsumer* consumer, RdKafka::ErrorCode code,
                      std::vector<RdKafka::TopicPartition*>& partitions) override {
        if (code == RdKafka::ERR__ASSIGN_PARTITIONS) {
            consumer->assign(partitions);
            connected_ = true;
            told_.clear();
            tell_(options_.name() + ": reads " + std::to_string(partitions.size()) + " partitions");
        } else {
            consumer->unassign();
            connected_ = false;
        }
    }

  private:
    void configure(RdKafka::Conf& conf) {
        set(conf, "bootstrap.servers", options_.brokers);
        set(conf, "group.id", options_.group);
        // The position moves with what is read; it is committed when that is on disk.
        set(conf, "enable.auto.commit", "false");
        set(conf, "auto.offset.reset", "earliest");
        set(conf, "client.id", "foretwin");
        set(conf, "session.timeout.ms", std::to_string(options_.session_ms));
        set(conf, "heartbeat.interval.ms", std::to_string(options_.session_ms / 4));
        const bool by_tls = options_.tls;
        const bool by_name = !options_.user.empty();
        set(conf, "security.protocol",
            std::string(by_name ? "sasl_" : "") + (by_tls ? "ssl" : "plaintext"));
        if (!options_.authority.empty()) set(conf, "ssl.ca.location", options_.authority);
        if (!options_.certificate.empty()) {
            set(conf, "ssl.certificate.location", options_.certificate);
            set(conf, "ssl.key.location", options_.key);
        }
        if (by_name) {
            set(conf, "sasl.mechanisms", "PLAIN");
            set(conf, "sasl.username", options_.user);
            set(conf, "sasl.password", options_.password);
        }
        std::string why;
        conf.set("event_cb", static_cast<RdKafka::EventCb*>(this), why);
        conf.set("rebalance_cb", static_cast<RdKafka::RebalanceCb*>(this), why);
    }

    static void set(RdKafka::Conf& conf, const std::string& key, const std::string& value) {
        std::string why;
        if (conf.set(key, value, why) != RdKafka::Conf::CONF_OK)
            throw EnvironmentError("Kafka refuses " + key + ": " + why);
    }

    void hand_over(const TakeMessage& take, const RdKafka::Message& message) {
        unacknowledged_ = true;
        const std::string topic = message.topic_name();
        const std::string* key = message.key();
        take({topic,
              {static_cast<const char*>(message.payload()), message.len()},
              key == nullptr ? std::string_view() : std::string_view(*key)});
    }

    void trouble(const std::string& what) {
        if (what != std::exchange(told_, what)) tell_(options_.name() + ": " + what);
    }

    KafkaOptions options_;
    Tell tell_;
    std::string told_;
    bool connected_ = false;
    bool unacknowledged_ = false;
    std::unique_ptr<RdKafka::KafkaConsumer> consumer_;
};

}  // namespace

bool has_kafka() {
    return true;
}

std::unique_ptr<MessageSource> open_kafka(const KafkaOptions& options,
                                          const std::vector<std::string>& topics, Tell tell) {
    return std::make_unique<KafkaSource>(options, topics, std::move(tell));
}

#else

bool has_kafka() {
    return false;
}

std::unique_ptr<MessageSource> open_kafka(const KafkaOptions& /*options*/,
                                          const std::vector<std::string>& /*topics*/,
                                          Tell /*tell*/) {
    throw EnvironmentError(
        "this Foretwin was built without Kafka (install librdkafka-dev and build it again)");
}

#endif

}  // namespace foretwin::live
