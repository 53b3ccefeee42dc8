#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace foretwin::live {

/// How a cluster of Kafka is reached, as one member of a group of readers.
struct KafkaOptions {
    std::string brokers = "localhost:9092";  ///< host:port, several with commas between them
    std::string group;
    std::filesystem::path authority;  ///< PEM; with it, or with `tls`, the connection is by TLS
    std::filesystem::path certificate;
    std::filesystem::path key;
    bool tls = false;
    std::string user;  ///< SASL PLAIN; empty: none
    std::string password;
    int session_ms = 45'000;  ///< a member that is silent for so long is out of the group
    int window = 10'000;      ///< records that are read before their offsets must be committed

    std::string name() const { return "kafka://" + brokers; }
};

}  // namespace foretwin::live
