#include "engine/live/mqtt_publisher.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include <chrono>

#include "engine/core/error.hpp"

namespace foretwin::live {

namespace {

constexpr int refused_from = 0x80;  ///< reason codes of MQTT 5 from here on are refusals
constexpr int first_pause_s = 1;
constexpr int longest_pause_s = 10;

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
    mosquitto_reconnect_delay_set(raw, first_pause_s, longest_pause_s, true);
    // An error here is a broker that is not there yet: the thread goes on trying.
    const int code = mosquitto_connect_async(raw, user_.options.host.c_str(),
                                             user_.options.real_port(), user_.options.keepalive_s);
    if (code != MOSQ_ERR_SUCCESS) trouble_ = mqtt_error_text(code);
    if (mosquitto_loop_start(raw) != MOSQ_ERR_SUCCESS)
        throw EnvironmentError("cannot start a thread for " + user_.options.name());
}

MqttPublisher::~MqttPublisher() {
    mosquitto_disconnect(handle_.get());
    mosquitto_loop_stop(handle_.get(), false);
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
