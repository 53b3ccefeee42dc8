#include "engine/live/mqtt_handle.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "engine/core/error.hpp"

namespace foretwin::live {

namespace {

void require(int code, const char* what) {
    if (code != MOSQ_ERR_SUCCESS)
        throw EnvironmentError("cannot " + std::string(what) + ": " + mqtt_error_text(code));
}

void start_library() {
    static const bool started = [] {
        require(mosquitto_lib_init(), "start libmosquitto");
        struct sigaction now {};
        if (::sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL)
            std::signal(SIGPIPE, SIG_IGN);
        return true;
    }();
    static_cast<void>(started);
}

/// OpenSSL asks while it connects; "user data" is the handle here.
int give_key_password(char* buffer, int size, int /*for_writing*/, void* handle) {
    const auto* user = static_cast<MqttUser*>(mosquitto_userdata(static_cast<mosquitto*>(handle)));
    const std::string& password = user->options.tls->key_password;
    const auto length = std::min(password.size(), static_cast<std::size_t>(std::max(size, 0)));
    std::copy_n(password.data(), length, buffer);
    return static_cast<int>(length);
}

void keep_errors(mosquitto* /*handle*/, void* user, int level, const char* text) {
    if (level == MOSQ_LOG_ERR) static_cast<MqttUser*>(user)->last_error = text;
}

void set_tls(mosquitto* handle, const MqttTls& tls) {
    const auto path = [](const std::filesystem::path& file) {
        return file.empty() ? nullptr : file.c_str();
    };
    const char* folder = tls.authority.empty() ? "/etc/ssl/certs" : nullptr;
    require(mosquitto_tls_set(handle, path(tls.authority), folder, path(tls.certificate),
                              path(tls.key), give_key_password),
            "prepare TLS");
}

}  // namespace

void MosquittoDeleter::operator()(mosquitto* handle) const {
    mosquitto_destroy(handle);
}

MqttHandle make_mqtt_handle(MqttUser& user) {
    start_library();
    const MqttOptions& options = user.options;
    const char* id = options.client_id.empty() ? nullptr : options.client_id.c_str();
    MqttHandle handle(mosquitto_new(id, options.session_s == 0, &user));
    if (!handle)
        throw EnvironmentError("cannot make an MQTT client: " + mqtt_error_text(MOSQ_ERR_ERRNO));
    mosquitto* raw = handle.get();
    mosquitto_log_callback_set(raw, keep_errors);
    require(mosquitto_int_option(raw, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5), "use MQTT 5");
    require(mosquitto_int_option(raw, MOSQ_OPT_RECEIVE_MAXIMUM, options.in_flight),
            "set the number of messages in flight");
    require(mosquitto_int_option(raw, MOSQ_OPT_TCP_NODELAY, 1), "prepare the connection");
    if (!options.user.empty())
        require(mosquitto_username_pw_set(raw, options.user.c_str(), options.password.c_str()),
                "set user and password");
    if (options.tls) set_tls(raw, *options.tls);
    if (options.will)
        require(mosquitto_will_set_v5(raw, options.will->topic.c_str(),
                                      static_cast<int>(options.will->payload.size()),
                                      options.will->payload.data(), options.will->qos,
                                      options.will->retain, nullptr),
                "leave a will");
    return handle;
}

std::string mqtt_error_text(int code) {
    if (code == MOSQ_ERR_ERRNO) return std::generic_category().message(errno);
    return mosquitto_strerror(code);
}

}  // namespace foretwin::live
