#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "engine/telemetry/mtconnect.hpp"
#include "engine/telemetry/shdr.hpp"
#include "models/observed/follower.hpp"
#include "tests/fuzz/seeds.hpp"
#include "tests/support/dice.hpp"

using namespace foretwin;
using namespace foretwin::test;

namespace {

constexpr std::uint64_t bounded = FORETWIN_ORACLE_LENGTH < 1 ? 200 : 2000;

telemetry::ByteSource pieces_of(const std::string& text, std::size_t piece) {
    return [&text, at = std::size_t{0}, piece](char* into, std::size_t size) mutable {
        const std::size_t part = std::min({size, piece, text.size() - at});
        std::copy_n(text.data() + at, part, into);
        at += part;
        return part;
    };
}

std::string random_log(Dice& dice) {
    static const char* const words[] = {"2016-10-07T08:37:0",
                                        "0Z",
                                        "5.123456789Z",
                                        "|",
                                        "|",
                                        "|",
                                        "|",
                                        "\n",
                                        "\n",
                                        "\r\n",
                                        "load",
                                        "execution",
                                        "ACTIVE",
                                        "READY",
                                        "UNAVAILABLE",
                                        "cond",
                                        "Fault",
                                        "Normal",
                                        "Warning",
                                        "7",
                                        "-1.5",
                                        "1e400",
                                        "nan",
                                        "count",
                                        "kW",
                                        "M:",
                                        ":",
                                        "@",
                                        "@ASSET@",
                                        "--multiline--A",
                                        "* PING",
                                        "\"",
                                        "\\|",
                                        "\\",
                                        " ",
                                        "msg",
                                        "wave",
                                        "2016-10-30T02:30:00",
                                        "9999-99-99T99:99:99Z",
                                        "1677-01-01T00:00:00Z",
                                        "2262-04-11T23:47:16Z",
                                        "\xff",
                                        "\xef\xbb\xbf"};
    std::string text;
    const int count = dice.from(1, 400);
    for (int i = 0; i < count; ++i) {
        if (dice.chance(3))
            text += static_cast<char>(dice.from(0, 255));
        else if (dice.chance(10))
            text += "\n2016-10-07T08:37:0" + std::to_string(dice.from(0, 9)) + "Z|execution|";
        else
            text += words[static_cast<std::size_t>(dice.from(0, std::size(words) - 1))];
    }
    return text;
}

std::string random_streams(Dice& dice) {
    static const char* const words[] = {
        "<MTConnectStreams>",
        "</MTConnectStreams>",
        "<Streams>",
        "</Streams>",
        "<Header "
        "instanceId=\"1\"/>",
        "<DeviceStream name=\"M\">",
        "</DeviceStream>",
        "<ComponentStream>",
        "</ComponentStream>",
        "<Events>",
        "</Events>",
        "<Condition>",
        "</Condition>",
        "<E dataItemId=\"execution\" timestamp=\"2016-10-07T08:37:00Z\" sequence=\"",
        "1",
        "99",
        "\">ACTIVE</E>",
        "\">",
        "</E>",
        "<Fault dataItemId=\"cond\" timestamp=\"2016\"/>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "&amp;",
        "&#0;",
        "<?xml?>",
        "<Entry key=\"a\">1</Entry>"};
    std::string text = dice.chance(80) ? "<MTConnectStreams><Streams><DeviceStream name=\"M\">"
                                         "<ComponentStream><Events>"
                                       : "";
    const int count = dice.from(1, 120);
    for (int i = 0; i < count; ++i)
        text += words[static_cast<std::size_t>(dice.from(0, std::size(words) - 1))];
    return text;
}

observed::Profile profile() {
    observed::DeviceProfile device;
    device.device = device.source = "M";
    device.items = {{"execution", false, true, true},
                    {"cond", true, true, false},
                    {observed::any_condition, false, true, true},
                    {"load", false, true, true},
                    {"count", false, false, false},
                    {"kW", false, false, false}};
    device.worst = 2;
    observed::Test fault{observed::Test::Compare::equal, "FAULT"};
    observed::Test active{observed::Test::Compare::equal, "ACTIVE"};
    device.rules = {{index_of(MachineState::repair), {{2, {fault}}}},
                    {index_of(MachineState::busy), {{0, {active}}}}};
    device.produced = observed::CounterUse{4, 100};
    device.power = 5;
    observed::Profile all;
    all.silent_after = 3 * second;
    all.devices = {device};
    return all;
}

/// All of a source through a follower; its bytes at the end. Cut in the middle when `cut` says so.
snapshot::Bytes follow(telemetry::ObservationSource& source, const observed::Profile& profile,
                       int cut) {
    auto follower = std::make_unique<observed::Follower>(profile);
    telemetry::Observation one;
    for (int i = 0; source.next(one); ++i) {
        if (i == cut) {
            const snapshot::Bytes bytes = follower->capture();
            follower = std::make_unique<observed::Follower>(profile);
            follower->restore(bytes);
        }
        follower->take(one);
    }
    static_cast<void>(follower->device(0).accounts());  // checks that the times sum up
    return follower->capture();
}

}  // namespace

TEST_CASE("logs: whatever the bytes, however cut, stopped anywhere: one story and full counts") {
    const observed::Profile mill = profile();
    fuzz::try_seeds(bounded, [&](std::uint64_t seed) {
        CAPTURE(seed);
        Dice dice(seed);
        const std::string text = random_log(dice);
        telemetry::ShdrDescription description;
        description.device = "M";
        description.zone = "Europe/Berlin";
        description.messages = {"msg"};
        description.time_series = {"wave"};
        const auto tell = [&](std::size_t piece, int cut) {
            telemetry::ShdrDecoder decoder(description);
            telemetry::ShdrLog log(pieces_of(text, piece), "log", decoder, piece);
            snapshot::Bytes bytes = follow(log, mill, cut);
            const telemetry::LogCounts& counts = decoder.counts();
            CHECK(counts.lines >= counts.empty + counts.protocol + counts.assets);
            return bytes;
        };
        const auto piece = static_cast<std::size_t>(dice.from(1, 64));
        CHECK(tell(1 << 16, -1) == tell(piece, dice.from(0, 50)));
        const std::string streams = random_streams(dice);
        telemetry::LogCounts counts;
        telemetry::MtconnectLog log(pieces_of(streams, piece), "log", "M", counts);
        follow(log, mill, dice.from(0, 20));
    });
}
