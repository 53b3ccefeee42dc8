#include "engine/live/mqtt_connection.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/core/rule.hpp"

namespace foretwin::live {

namespace {

using std::chrono::milliseconds;
constexpr milliseconds first_pause{100};
constexpr milliseconds longest_pause{10'000};
constexpr Time longest_flush = 30 * second;
constexpr int refused_from = 0x80;  ///< reason codes of MQTT 5 from here on are refusals

int milliseconds_of(Time time) {
    return static_cast<int>(std::min<Time>((time + millisecond - 1) / millisecond, 60'000));
}

/// Refusals that no waiting changes.
bool is_for_good(int reason) {
    switch (reason) {
        case MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION:
        case MQTT_RC_CLIENTID_NOT_VALID:
        case MQTT_RC_BAD_USERNAME_OR_PASSWORD:
        case MQTT_RC_NOT_AUTHORIZED:
        case MQTT_RC_BANNED:
        case MQTT_RC_BAD_AUTHENTICATION_METHOD:
            return true;
        default:
            return false;
    }
}

}  // namespace

struct MqttConnection::Callbacks {
    static MqttConnection& of(void* user) { return *static_cast<User*>(user)->connection; }
    static void connect(mosquitto* /*handle*/, void* user, int reason, int /*flags*/,
                        const mosquitto_property* /*properties*/) {
        of(user).greeted(reason);
    }
    static void subscribe(mosquitto* /*handle*/, void* user, int /*id*/, int count,
                          const int* granted, const mosquitto_property* /*properties*/) {
        of(user).subscribed(granted, count);
    }
    static void message(mosquitto* /*handle*/, void* user, const mosquitto_message* message,
                        const mosquitto_property* /*properties*/) {
        MqttConnection& self = of(user);
        ++self.taken_;
        if (self.failure_) return;
        try {
            (*self.take_)({message->topic,
                           {static_cast<const char*>(message->payload),
                            static_cast<std::size_t>(message->payloadlen)}});
        } catch (...) {  // not through the frames of C
            self.failure_ = std::current_exception();
        }
    }
};

MqttConnection::MqttConnection(MqttOptions options, std::vector<std::string> topics, Tell tell)
    : topics_(std::move(topics)), tell_(std::move(tell)), pause_(first_pause) {
    FORETWIN_RULE(options.session_s == 0 || !options.client_id.empty(),
                  "a session that outlives its connection belongs to a client with a name");
    user_.options = std::move(options);
    user_.connection = this;
}

MqttConnection::~MqttConnection() = default;

std::size_t MqttConnection::window() const {
    return static_cast<std::size_t>(user_.options.in_flight);
}

std::string MqttConnection::why(int code) const {
    std::string text = mqtt_error_text(code);
    if (!user_.last_error.empty()) text += "; " + user_.last_error;
    return text;
}

void MqttConnection::connect() {
    user_.last_error.clear();
    refusal_.clear();
    if (before_) before_(user_.options);
    handle_ = make_mqtt_handle(user_);
    mosquitto* raw = handle_.get();
    // Acknowledgements, too, are queued until they are asked for: nothing is sent from callbacks.
    mosquitto_threaded_set(raw, true);
    mosquitto_connect_v5_callback_set(raw, Callbacks::connect);
    mosquitto_subscribe_v5_callback_set(raw, Callbacks::subscribe);
    mosquitto_message_v5_callback_set(raw, Callbacks::message);
    mosquitto_property* properties = nullptr;
    mosquitto_property_add_int32(&properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL,
                                 user_.options.session_s);
    const MqttOptions& options = user_.options;
    const int code = mosquitto_connect_bind_v5(raw, options.host.c_str(), options.real_port(),
                                               options.keepalive_s, nullptr, properties);
    const std::string reason = code == MOSQ_ERR_SUCCESS ? "" : why(code);
    mosquitto_property_free_all(&properties);
    if (code != MOSQ_ERR_SUCCESS) return lost(reason);
    stage_ = Stage::greeting;
    send_all();
}

void MqttConnection::greeted(int reason) {
    if (reason >= refused_from) {
        refusal_ = mosquitto_reason_string(reason);
        if (is_for_good(reason) && !ever_connected_)
            fail(user_.options.name() + " refuses us: " + refusal_ +
                 " (check user, password, certificate and client_id)");
        return;
    }
    fresh_ = true;
}

void MqttConnection::subscribed(const int* granted, int count) {
    for (int i = 0; i < count; ++i)
        if (granted[i] >= refused_from)
            return fail(user_.options.name() + " does not let us read '" +
                        topics_[static_cast<std::size_t>(i)] +
                        "': " + mosquitto_reason_string(granted[i]));
    const bool again = std::exchange(ever_connected_, true);
    tell_((again ? "connected again to " : "connected to ") + user_.options.name());
}

/// Thrown once libmosquitto has returned: no exception may pass through its frames.
void MqttConnection::fail(const std::string& what) {
    if (!failure_) failure_ = std::make_exception_ptr(EnvironmentError(what));
}

void MqttConnection::welcome() {
    fresh_ = false;
    std::vector<char*> topics;
    for (std::string& topic : topics_) topics.push_back(topic.data());
    // What the broker retains is told once to a session, not with every connection.
    const int code =
        mosquitto_subscribe_multiple(handle_.get(), nullptr, static_cast<int>(topics.size()),
                                     topics.data(), 1, MQTT_SUB_OPT_SEND_RETAIN_NEW, nullptr);
    if (code != MOSQ_ERR_SUCCESS)
        throw EnvironmentError("cannot subscribe to " + topics_.front() + ": " +
                               mqtt_error_text(code));
    stage_ = Stage::connected;
    pause_ = first_pause;
    told_.clear();
    if (on_connected_) on_connected_();
    send_all();
}

void MqttConnection::publish(const Outgoing& message) {
    if (!handle_) return;
    const int code = mosquitto_publish_v5(
        handle_.get(), nullptr, message.topic.c_str(), static_cast<int>(message.payload.size()),
        message.payload.data(), message.qos, message.retain, nullptr);
    if (code != MOSQ_ERR_SUCCESS) tell_("cannot publish to " + message.topic + ": " + why(code));
}

void MqttConnection::acknowledge() {
    send_all();
    unacknowledged_ = 0;
}

void MqttConnection::close() {
    if (handle_ && stage_ == Stage::connected && unacknowledged_ == 0) {
        mosquitto_disconnect_v5(handle_.get(), 0, nullptr);
        const Clock::time_point end = Clock::now() + std::chrono::seconds(1);
        while (mosquitto_want_write(handle_.get()) && Clock::now() < end)
            if (mosquitto_loop_write(handle_.get(), 1) != MOSQ_ERR_SUCCESS) break;
    }
    stage_ = Stage::apart;
    handle_.reset();
}

/// Everything queued goes out before anything more is read: what is read later is queued behind it.
void MqttConnection::send_all() {
    const Clock::time_point end = Clock::now() + std::chrono::nanoseconds(longest_flush);
    while (handle_ && mosquitto_want_write(handle_.get())) {
        const int code = mosquitto_loop_write(handle_.get(), 1);
        if (code != MOSQ_ERR_SUCCESS) return lost(why(code));
        if (!mosquitto_want_write(handle_.get())) return;
        if (Clock::now() > end) return lost("it takes nothing");
        // A handshake of TLS that wants to write may be waiting to read.
        const bool handshake = user_.options.tls && stage_ == Stage::greeting;
        wait_for(handshake ? POLLIN : POLLOUT, 10 * millisecond);
    }
}

void MqttConnection::lost(const std::string& reason) {
    const bool was_connected = stage_ == Stage::connected;
    const std::string& cause = refusal_.empty() ? reason : refusal_;
    const bool by_tls = user_.last_error.find("OpenSSL") != std::string::npos;
    stage_ = Stage::apart;
    handle_.reset();
    if (by_tls && !ever_connected_)
        throw EnvironmentError("no TLS connection to " + user_.options.name() + ": " + cause +
                               " (check the authority, our certificate, and the broker's name)");
    if (was_connected || told_ != cause)
        tell_(user_.options.name() + (was_connected ? " is gone: " : " is not there: ") + cause +
              "; trying again");
    told_ = cause;
    if (was_connected) pause_ = first_pause;
    next_attempt_ = Clock::now() + pause_;
    pause_ = std::min<Clock::duration>(2 * pause_, longest_pause);
}

/// Something to do on the socket; false when the time is over, or a signal came.
bool MqttConnection::wait_for(short what, Time at_most) const {
    struct pollfd descriptor {};
    descriptor.fd = handle_ ? mosquitto_socket(handle_.get()) : -1;
    descriptor.events = what;
    return ::poll(&descriptor, 1, milliseconds_of(at_most)) > 0;
}

/// Waits for its time to come, then connects. Whether there is a connection now.
bool MqttConnection::try_connecting(Time wait) {
    const Clock::time_point now = Clock::now();
    if (now < next_attempt_) {
        const Time left = std::chrono::nanoseconds(next_attempt_ - now).count();
        wait_for(0, std::min(wait, left));
        return false;
    }
    connect();
    return handle_ != nullptr;
}

std::size_t MqttConnection::read(const TakeMessage& take, std::size_t at_most, Time wait) {
    if (stage_ == Stage::apart && !try_connecting(wait)) return 0;
    take_ = &take;
    taken_ = 0;
    bool waited = wait == 0;
    while (handle_ && taken_ < at_most) {
        errno = 0;  // libmosquitto tells by it that there is nothing to read
        const int code = mosquitto_loop_read(handle_.get(), 1);
        const bool nothing = errno == EAGAIN || errno == EWOULDBLOCK;
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
        if (code != MOSQ_ERR_SUCCESS) lost(why(code));
        if (handle_ && fresh_) welcome();
        if (!nothing) continue;
        if (waited || taken_ > 0 || !wait_for(POLLIN, wait)) break;
        waited = true;
    }
    unacknowledged_ += taken_;
    if (handle_) {
        const int code = mosquitto_loop_misc(handle_.get());
        if (code != MOSQ_ERR_SUCCESS) lost(why(code));
    }
    if (unacknowledged_ == 0) send_all();  // signs of life
    return taken_;
}

}  // namespace foretwin::live
