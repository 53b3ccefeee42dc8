#include "engine/kernel/partition.hpp"

#include <doctest/doctest.h>

using namespace foretwin;
using kernel::Connections;
using kernel::make_partition;
using kernel::no_device;
using kernel::Partition;

namespace {

Connections complete() {
    Connections connections;
    connections.complete = true;
    return connections;
}

}  // namespace

TEST_CASE("devices that never meet are cells of their own") {
    const Partition partition = make_partition(3, complete());
    CHECK(partition.logical_processes == 3);
    CHECK(partition.cells() == 3);
    CHECK(partition.least_lookahead() == never);
    CHECK(partition.blame.empty());
}

TEST_CASE("a connection without delay joins, one with delay may be cut") {
    Connections connections = complete();
    connections.joins = {{0, 1, "next"}, {2, 3, "next"}};
    connections.channels = {{1, 2, 30}, {3, 0, 50}};
    const Partition partition = make_partition(4, connections);
    CHECK(partition.logical_processes == 2);
    CHECK(partition.cell_of == std::vector<std::uint32_t>{0, 0, 1, 1});
    CHECK(partition.lookahead_between(0, 1) == 30);
    CHECK(partition.lookahead_between(1, 0) == 50);
    CHECK(partition.cut_channels == 2);
}

TEST_CASE("a channel without delay joins as well") {
    Connections connections = complete();
    connections.channels = {{0, 1, 0}};
    const Partition partition = make_partition(2, connections);
    CHECK(partition.cells() == 1);
    CHECK(partition.blame == "all devices are joined without delay, by 1 x channels without delay");
}

TEST_CASE("what cannot be cut says what holds it together") {
    Connections connections = complete();
    connections.joins = {{0, 1, "next"}, {1, 2, "next"}, {0, 2, "crew"}};
    CHECK(make_partition(3, connections).blame ==
          "all devices are joined without delay, by 1 x crew, 2 x next");
    connections.complete = false;
    CHECK(make_partition(3, connections).blame == "the model does not tell its connections");
    CHECK(make_partition(3, connections).cells() == 1);
}

TEST_CASE("what holds the largest process together is named device by device, rare kinds first") {
    // 0 to 5 in a row, 0 and 3 share a crew; 6 and 7 are a pair of their own.
    Connections connections = complete();
    connections.joins = {{6, 7, "next"}, {0, 1, "next"}, {1, 2, "next"}, {2, 3, "next"},
                         {0, 3, "crew"}, {3, 4, "next"}, {0, 3, "crew"}};
    connections.channels = {{4, 5, 0}, {5, 6, 10}};
    const Partition partition = make_partition(8, connections);
    CHECK(partition.largest_process == 6);
    REQUIRE(partition.bonds.size() == 3);
    using Pairs = std::vector<std::pair<kernel::DeviceIndex, kernel::DeviceIndex>>;
    CHECK(partition.bonds[0].why == "crew");
    CHECK(partition.bonds[0].some == Pairs{{0, 3}});  // told once, however often it was declared
    CHECK(partition.bonds[0].count == 1);
    CHECK(partition.bonds[1].why == "channels without delay");
    CHECK(partition.bonds[1].some == Pairs{{4, 5}});
    CHECK(partition.bonds[2].why == "next");
    CHECK(partition.bonds[2].count == 4);
    CHECK(partition.bonds[2].some == Pairs{{0, 1}, {1, 2}, {2, 3}});  // three are named
    CHECK(make_partition(3, complete()).bonds.empty());
}

TEST_CASE("parts of a device are counted apart, and cut like any device") {
    Connections connections = complete();
    connections.joins = {{1, 2, "next"}};
    connections.channels = {{0, 1, 10}};
    const Partition without = make_partition(3, connections);
    connections.parts = {1};  // 1 is the far end of 0
    const Partition partition = make_partition(3, connections);
    CHECK(partition.largest_process == 2);
    CHECK(partition.parts_in_largest == 1);
    CHECK(partition.cell_of == without.cell_of);
}

TEST_CASE("cuts are made where delays are long, as long as the pieces stay small") {
    // Thirty-two pairs in a row: 5 within a pair, 1000 between pairs.
    Connections connections = complete();
    for (std::uint32_t device = 0; device + 1 < 64; ++device) {
        connections.channels.push_back({device, device + 1, device % 2 == 0 ? 5 : 1000});
    }
    const Partition partition = make_partition(64, connections);
    CHECK(partition.logical_processes == 64);
    CHECK(partition.cells() == 32);
    CHECK(partition.least_lookahead() == 1000);
    // Were all long delays equal to the short one, single devices would be cut apart.
    for (Connections::Channel& channel : connections.channels) channel.least_delay = 5;
    CHECK(make_partition(64, connections).cells() == 64);
}

TEST_CASE("a channel to all gives every pair of cells a lookahead") {
    Connections connections = complete();
    for (std::uint32_t device = 0; device < 1000; ++device) {
        connections.channels.push_back({device, no_device, 100 + device % 7});
    }
    const Partition partition = make_partition(1000, connections);
    CHECK(partition.cells() == Partition::most_cells);
    for (std::uint32_t from = 0; from < partition.cells(); ++from) {
        for (std::uint32_t to = 0; to < partition.cells(); ++to) {
            CHECK(partition.lookahead_between(from, to) == (from == to ? never : 100));
        }
    }
}

TEST_CASE("one channel among all stands for one of every device to all") {
    Connections connections = complete();
    connections.channels.push_back({no_device, no_device, 100});
    const Partition partition = make_partition(1000, connections);
    CHECK(partition.cells() == Partition::most_cells);
    CHECK(partition.cut_channels == 1);
    for (std::uint32_t from = 0; from < partition.cells(); ++from) {
        for (std::uint32_t to = 0; to < partition.cells(); ++to) {
            CHECK(partition.lookahead_between(from, to) == (from == to ? never : 100));
        }
    }
    connections.channels.front().least_delay = 0;
    CHECK(make_partition(1000, connections).cells() == 1);
}

TEST_CASE("cells hold about equally many devices, neighbours by name together") {
    const Partition partition = make_partition(640, complete());
    REQUIRE(partition.cells() == 64);
    for (const std::uint32_t devices : partition.devices_in) CHECK(devices == 10);
    for (std::uint32_t device = 0; device < 640; ++device) {
        CHECK(partition.cell_of[device] == device / 10);
    }
}

TEST_CASE("groups are neighbouring cells with about equally many devices") {
    const Partition partition = make_partition(640, complete());  // 64 cells of 10
    const std::vector<std::uint32_t> halves = kernel::groups_of(partition, 2);
    for (std::uint32_t cell = 0; cell < 64; ++cell) CHECK(halves[cell] == (cell < 32 ? 0U : 1U));
    CHECK(kernel::imbalance_of(partition, 2) == doctest::Approx(1));
    // 64 cells on 3 groups: 21 or 22 cells each, 220 devices against 213.3.
    CHECK(kernel::imbalance_of(partition, 3) == doctest::Approx(220 / (640 / 3.0)));
}

TEST_CASE("one large cell leaves the other groups little: the imbalance tells") {
    Connections connections = complete();
    for (std::uint32_t device = 1; device < 90; ++device) {
        connections.joins.push_back({0, device, "next"});
    }
    const Partition partition = make_partition(100, connections);  // 90 joined, ten alone
    CHECK(partition.largest_process == 90);
    CHECK(kernel::imbalance_of(partition, 2) == doctest::Approx(1.8));
}

TEST_CASE("groups of devices: equal shares of neighbours, only what is joined stays together") {
    using Groups = std::vector<std::uint8_t>;
    CHECK(kernel::groups_of_devices(6, {}, 3) == Groups{0, 0, 1, 1, 2, 2});
    CHECK(kernel::groups_of_devices(6, {}, 1) == Groups{0, 0, 0, 0, 0, 0});
    CHECK(kernel::groups_of_devices(2, {}, 16) == Groups{0, 1});
    const std::vector<std::pair<kernel::DeviceIndex, kernel::DeviceIndex>> joined{{0, 5}, {1, 2}};
    CHECK(kernel::groups_of_devices(6, joined, 2) == Groups{0, 0, 0, 1, 1, 0});
    const std::vector<std::pair<kernel::DeviceIndex, kernel::DeviceIndex>> all{{0, 1}, {2, 1}};
    CHECK(kernel::groups_of_devices(3, all, 4) == Groups{0, 0, 0});
}
