#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "engine/core/time.hpp"
#include "engine/live/mqtt_handle.hpp"

namespace foretwin::live {

/// Sends messages to an MQTT 5 broker. A thread of its own keeps the connection alive, makes it
/// anew when it breaks, and sends what is waiting then.
class MqttPublisher {
  public:
    /// Begins to connect; returns at once.
    explicit MqttPublisher(MqttOptions options);
    /// Says goodbye; what was not sent by then is lost.
    ~MqttPublisher();
    MqttPublisher(const MqttPublisher&) = delete;
    MqttPublisher& operator=(const MqttPublisher&) = delete;

    /// Sends one message and waits, at most so long, until the broker has acknowledged it (QoS 1
    /// and 2), or until it has left (QoS 0). False when the time was over: the message is still
    /// sent when the broker is back, as long as this publisher lives. EnvironmentError when the
    /// broker refuses us or the message.
    bool publish(const Outgoing& message, Time at_most);
    /// Why there is no connection; empty when there is one, or none was tried yet.
    std::string trouble() const;

  private:
    struct Callbacks;  ///< what libmosquitto calls, on its thread
    struct User : MqttUser {
        MqttPublisher* publisher = nullptr;
    };
    void keep_connected();
    bool is_ending();

    User user_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool connected_ = false;
    bool refused_ = false;  ///< for good
    std::string trouble_;
    std::map<int, int> outcome_;  ///< reason code by message number, once acknowledged
    bool ending_ = false;
    MqttHandle handle_;
    std::thread thread_;
};

}  // namespace foretwin::live
