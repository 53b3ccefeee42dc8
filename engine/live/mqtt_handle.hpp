#pragma once

#include <memory>
#include <string>

#include "engine/live/mqtt_options.hpp"

struct mosquitto;

namespace foretwin::live {

struct MosquittoDeleter {
    void operator()(mosquitto* handle) const;
};
using MqttHandle = std::unique_ptr<mosquitto, MosquittoDeleter>;

/// What callbacks of libmosquitto get: the owner of a handle derives from it.
struct MqttUser {
    MqttOptions options{};
    std::string last_error{};  ///< the last that libmosquitto logged as an error, such as TLS's own
};

/// A client of libmosquitto for the options of `user`, which must outlive it; not yet connected.
/// EnvironmentError when the library or TLS refuses them.
///
/// SIGPIPE is ignored in the whole process from then on, unless somebody handles it: a broker that
/// goes away would end the process otherwise.
MqttHandle make_mqtt_handle(MqttUser& user);

/// What libmosquitto's return code, or errno behind it, means.
std::string mqtt_error_text(int code);

}  // namespace foretwin::live
