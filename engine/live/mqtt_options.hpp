#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace foretwin::live {

/// What a broker is to be proved by, and what we are proved by. The broker's name is always
/// checked.
struct MqttTls {
    std::filesystem::path authority;    ///< PEM; empty: the authorities that the system trusts
    std::filesystem::path certificate;  ///< PEM, ours; empty: none
    std::filesystem::path key;          ///< PEM, of our certificate
    std::string key_password;           ///< empty: the key is not encrypted
};

/// A message to be sent.
struct Outgoing {
    std::string topic;
    std::string payload;
    int qos = 0;  ///< 0, 1 or 2
    bool retain = false;

    friend bool operator==(const Outgoing&, const Outgoing&) = default;
};

/// How a broker of MQTT 5 is reached.
struct MqttOptions {
    std::string host = "localhost";
    int port = 0;           ///< 0: 1883, and 8883 with TLS
    std::string client_id;  ///< must be given for a session that outlives the connection
    std::string user;       ///< empty: none
    std::string password;
    std::optional<MqttTls> tls;
    int keepalive_s = 30;         ///< from 5 to 65535
    std::uint32_t session_s = 0;  ///< the broker keeps messages so long for us; 0: clean start
    int in_flight = 2000;         ///< messages that come without acknowledgement; 1 to 65535
    std::optional<Outgoing> will;

    int real_port() const { return port != 0 ? port : tls ? 8883 : 1883; }
    /// "mqtt://host:1883", without secrets.
    std::string name() const {
        return (tls ? "mqtts://" : "mqtt://") + host + ":" + std::to_string(real_port());
    }
};

}  // namespace foretwin::live
