#pragma once

#include <chrono>
#include <exception>
#include <string>
#include <vector>

#include "engine/live/message_source.hpp"
#include "engine/live/mqtt_handle.hpp"

namespace foretwin::live {

/// A subscription to topics of an MQTT 5 broker whose messages are acknowledged when we say so.
///
///   read():        socket -> callbacks -> `take`; libmosquitto puts each acknowledgement into its
///                  queue, and nothing is sent
///   acknowledge(): the queue -> socket
///
/// So a message is acknowledged only after the caller made it durable. QoS 1 is asked for: with
/// QoS 2 libmosquitto would keep messages in memory between the two halves of the handshake, where
/// a kill loses them. What comes twice is told apart by its content.
///
/// One thread. A connection that broke is made anew after 0.1 s, then twice as long each time, at
/// most 10 s; `tell` hears of it. Each has a handle of its own, so that no acknowledgement of an
/// old connection is sent on a new one.
class MqttConnection : public MessageSource {
  public:
    MqttConnection(MqttOptions options, std::vector<std::string> topics, Tell tell);
    ~MqttConnection() override;
    MqttConnection(const MqttConnection&) = delete;
    MqttConnection& operator=(const MqttConnection&) = delete;

    std::size_t read(const TakeMessage& take, std::size_t at_most, Time wait) override;
    void acknowledge() override;
    std::size_t window() const override;
    bool connected() const override { return stage_ == Stage::connected; }
    void close() override;

    /// Called whenever a connection stands, after the topics were subscribed to.
    void on_connected(std::function<void()> call) { on_connected_ = std::move(call); }
    /// Called before each attempt to connect, with what is about to be used: a will, for instance.
    void before_connecting(std::function<void(MqttOptions&)> call) { before_ = std::move(call); }
    /// Queued, and sent with the next acknowledge(); nothing when there is no connection.
    void publish(const Outgoing& message);

  private:
    enum class Stage : std::uint8_t { apart, greeting, connected };
    struct Callbacks;  ///< what libmosquitto calls
    struct User : MqttUser {
        MqttConnection* connection = nullptr;
    };
    using Clock = std::chrono::steady_clock;

    void connect();
    bool try_connecting(Time wait);
    void greeted(int reason);
    void welcome();
    void fail(const std::string& what);
    void subscribed(const int* granted, int count);
    void send_all();
    void lost(const std::string& why);
    std::string why(int code) const;
    bool wait_for(short what, Time at_most) const;

    User user_;
    std::vector<std::string> topics_;
    Tell tell_;
    std::function<void()> on_connected_;
    std::function<void(MqttOptions&)> before_;
    MqttHandle handle_;
    Stage stage_ = Stage::apart;
    bool ever_connected_ = false;
    bool fresh_ = false;  ///< greeted by the broker in this turn
    std::string refusal_;
    std::string told_;  ///< the last reason for being apart
    const TakeMessage* take_ = nullptr;
    std::size_t taken_ = 0;           ///< in this turn
    std::size_t unacknowledged_ = 0;  ///< their acknowledgements are queued
    std::exception_ptr failure_;      ///< met in a callback
    Clock::time_point next_attempt_{};
    Clock::duration pause_{};
};

}  // namespace foretwin::live
