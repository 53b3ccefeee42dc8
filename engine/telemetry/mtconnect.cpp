#include "engine/telemetry/mtconnect.hpp"

#include <algorithm>
#include <pugixml.hpp>

#include "engine/core/error.hpp"

namespace foretwin::telemetry {
namespace {

/// The name without the prefix of its namespace.
std::string_view plain(const char* name) {
    const std::string_view all = name;
    const std::size_t colon = all.rfind(':');
    return colon == std::string_view::npos ? all : all.substr(colon + 1);
}

std::string read_all(const ByteSource& source, const std::string& name) {
    std::string bytes;
    std::size_t got = 0;
    do {
        constexpr std::size_t block = std::size_t{1} << 20;
        const std::size_t kept = bytes.size();
        if (kept > MtconnectLog::file_bytes_at_most)
            throw InputError({name, 1, 1}, "an XML file of more than 512 MiB",
                             "cut it between two documents");
        bytes.resize(kept + block);
        got = source(bytes.data() + kept, block);
        bytes.resize(kept + got);
    } while (got > 0);
    return bytes;
}

const char* first_of(const pugi::xml_node& node, const char* name, const char* otherwise) {
    const char* found = node.attribute(name).value();
    return *found != '\0' ? found : node.attribute(otherwise).value();
}

std::string entries_text(const pugi::xml_node& node) {
    std::string text;
    for (const pugi::xml_node& entry : node.children()) {
        if (plain(entry.name()) != "Entry") continue;
        std::string value(trimmed(entry.text().get()));
        const std::string cells = entries_text(entry);
        if (!cells.empty()) value = "{" + cells + "}";
        text +=
            (text.empty() ? "" : " ") + std::string(entry.attribute("key").value()) + "=" + value;
    }
    if (!text.empty()) return text;
    for (const pugi::xml_node& cell : node.children())
        if (plain(cell.name()) == "Cell")
            text += (text.empty() ? "" : " ") + std::string(cell.attribute("key").value()) + "=" +
                    std::string(trimmed(cell.text().get()));
    return text;
}

}  // namespace

/// Reads the documents of one file.
struct MtconnectLog::Reader {
    std::string file;
    std::string only_device;
    LogCounts& counts;
    const std::string& bytes;
    std::vector<Told>& told;
    ClockReader clock{"UTC"};
    std::map<std::string, std::uint64_t> newest{};  ///< sequence number, by key of the item

    void defect(std::ptrdiff_t offset, const std::string& reason) const {
        const auto size = static_cast<std::ptrdiff_t>(bytes.size());
        const auto end = bytes.begin() + std::clamp<std::ptrdiff_t>(offset, 0, size);
        counts.add_defect(file, 1 + std::count(bytes.begin(), end, '\n'), reason);
    }

    void document(const pugi::xml_node& root) {
        if (plain(root.name()) != "MTConnectStreams")
            return defect(root.offset_debug(), "a document that is no MTConnectStreams");
        std::string instance;
        const std::size_t first = told.size();
        for (const pugi::xml_node& part : root.children()) {
            if (plain(part.name()) == "Header") instance = part.attribute("instanceId").value();
            if (plain(part.name()) != "Streams") continue;
            for (const pugi::xml_node& device : part.children()) {
                std::string name = first_of(device, "name", "uuid");
                if (name.empty()) name = only_device;
                for (const pugi::xml_node& component : device.children())
                    for (const pugi::xml_node& group : component.children())
                        for (const pugi::xml_node& node : group.children())
                            element(node, name, instance);
            }
        }
        std::stable_sort(told.begin() + static_cast<std::ptrdiff_t>(first), told.end(),
                         [](const Told& a, const Told& b) { return a.sequence < b.sequence; });
        drop_repeated(first);
    }

    /// Sequence numbers rise from `first` on.
    void drop_repeated(std::size_t first) {
        std::size_t kept = first;
        for (std::size_t i = first; i < told.size(); ++i) {
            std::uint64_t& seen = newest[told[i].key];
            if (told[i].sequence > 0 && told[i].sequence <= seen) {
                ++counts.repeated;
                continue;
            }
            seen = std::max(seen, told[i].sequence);
            if (kept != i) told[kept] = std::move(told[i]);
            ++kept;
        }
        counts.observations += static_cast<std::int64_t>(kept - first);
        told.resize(kept);
    }

    void element(const pugi::xml_node& node, const std::string& device,
                 const std::string& instance) {
        if (node.type() != pugi::node_element) return;
        ++counts.lines;
        const std::string item = first_of(node, "name", "dataItemId");
        if (item.empty()) return defect(node.offset_debug(), "an element without dataItemId");
        if (device.empty()) return defect(node.offset_debug(), "an item of no device");
        const auto reading = clock.read(node.attribute("timestamp").value());
        if (reading.outcome != ClockReader::Outcome::good)
            return defect(node.offset_debug(), "no timestamp that there is");
        Told one;
        one.sequence = node.attribute("sequence").as_ullong();
        one.key = instance + "/" + device + "/" + node.attribute("dataItemId").value() + "/" + item;
        one.observation.device = device;
        one.observation.item = item;
        one.observation.at = reading.at;
        tell(node, one.observation);
        told.push_back(std::move(one));
    }

    static void tell(const pugi::xml_node& node, Observation& into) {
        if (plain(node.parent().name()) == "Condition") {
            tell_value(plain(node.name()), into);
            into.detail = condition_text(
                {node.attribute("nativeCode").value(), node.attribute("nativeSeverity").value(),
                 node.attribute("qualifier").value(), trimmed(node.text().get())});
            return;
        }
        const std::string entries = entries_text(node);
        tell_value(entries.empty() ? trimmed(node.text().get()) : entries, into);
        into.detail = node.attribute("nativeCode").value();
        // The values of a time series stay one text.
        if (*node.attribute("sampleCount").value() == '\0') return;
        if (into.kind != Observation::Kind::number) return;
        into.kind = Observation::Kind::text;
        into.text = trimmed(node.text().get());
    }
};

MtconnectLog::MtconnectLog(const ByteSource& source, std::string shown_name,
                           std::string only_device, LogCounts& counts) {
    const std::string bytes = read_all(source, shown_name);
    pugi::xml_document tree;
    const pugi::xml_parse_result result = tree.load_buffer(bytes.data(), bytes.size());
    Reader reader{std::move(shown_name), std::move(only_device), counts, bytes, told_};
    for (const pugi::xml_node& root : tree.children())
        if (root.type() == pugi::node_element) reader.document(root);
    if (!result) reader.defect(result.offset, std::string("broken XML: ") + result.description());
}

bool MtconnectLog::next(Observation& into) {
    if (next_ == told_.size()) return false;
    into = told_[next_++].observation;
    return true;
}

}  // namespace foretwin::telemetry
