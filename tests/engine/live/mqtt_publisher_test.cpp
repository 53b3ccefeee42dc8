#include "engine/live/mqtt_publisher.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/live/mqtt_connection.hpp"

using namespace foretwin;
using namespace foretwin::live;

namespace {

constexpr const char* program = "/usr/sbin/mosquitto";

int free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    ::close(probe);
    return ntohs(address.sin_port);
}

/// A mosquitto of the test's own.
struct Broker {
    explicit Broker(int port) {
        config = std::filesystem::temp_directory_path() /
                 ("foretwin_broker_" + std::to_string(getpid()) + ".conf");
        std::ofstream(config) << "listener " << port
                              << " 127.0.0.1\nallow_anonymous true\nuser root\nlog_dest none\n";
        process = ::fork();
        if (process == 0) {
            ::execl(program, program, "-c", config.c_str(), nullptr);
            ::_exit(127);
        }
    }
    ~Broker() {
        ::kill(process, SIGKILL);
        ::waitpid(process, nullptr, 0);
        std::filesystem::remove(config);
    }
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;
    std::filesystem::path config;
    pid_t process = 0;
};

}  // namespace

TEST_CASE("a message is published when the broker has acknowledged it, also one that comes later") {
    // The sanitizers see only half of what libmosquitto's thread does.
    if (FORETWIN_ORACLE_LENGTH < 1 || !std::filesystem::exists(program)) return;
    MqttOptions options;
    options.port = free_port();
    MqttPublisher publisher(options);
    CHECK(!publisher.publish({"forecast/line", "too early", 0}, 50 * millisecond));
    CHECK(!publisher.publish({"forecast/line", "waits", 1, true}, 50 * millisecond));
    const Broker broker(options.port);
    CHECK(publisher.publish({"forecast/line", "next shift", 1, true}, 30 * second));
    CHECK(publisher.publish({"forecast/line", "next day", 2, true}, 30 * second));
    CHECK(publisher.publish({"forecast/line", "next week", 0, true}, 30 * second));
    CHECK(publisher.trouble().empty());
    std::vector<std::string> heard;
    MqttConnection reader(options, {"forecast/#"}, [](const std::string&) {});
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (heard.empty() && std::chrono::steady_clock::now() < end) {
        reader.read([&](const Message& one) { heard.emplace_back(one.payload); }, 9,
                    100 * millisecond);
        reader.acknowledge();
    }
    CHECK(heard == std::vector<std::string>{"next week"});  // what was retained last
    reader.close();
}
