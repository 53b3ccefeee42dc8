#include "engine/snapshot/snapshot.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/core/fingerprint.hpp"

namespace foretwin::snapshot {
namespace {

static_assert(std::endian::native == std::endian::little, "snapshots are little-endian");

constexpr std::uint64_t magic = 0x544f4853'4e575446ULL;  // "FTWNSHOT" as bytes
constexpr std::uint32_t format_version = 2;

/// Stands first, followed by `body_bytes` bytes.
struct Header {
    std::uint64_t magic = 0;
    std::uint32_t version = 0;
    std::uint32_t header_bytes = 0;
    std::uint64_t model = 0;  ///< identity of the model
    std::uint64_t body_bytes = 0;
    std::uint64_t checksum = 0;  ///< of everything before it, and of the body
};

[[noreturn]] void refuse(const std::string& what, const std::string& hint) {
    throw InputError(Place{}, "the snapshot " + what, hint);
}

/// What must be equal for the captured bytes to mean the same: who is there, what each one is, and
/// where each one's state lies.
std::uint64_t identity_of(const kernel::Model& model) {
    Fingerprint identity;
    for (const kernel::Device& device : model.devices) {
        identity.add(std::string_view(device.name));
        identity.add(device.behaviour->type);
        identity.add(device.state);
    }
    identity.add(model.memory.fixed().size());
    identity.add(model.timers);
    identity.add(model.timer_count);
    identity.add(model.counters);
    identity.add(model.traces);
    identity.add(model.partition.cells());
    identity.add(sizeof(kernel::Event));
    return identity.value();
}

std::uint64_t checksum_of(const Header& header, const std::byte* body) {
    Fingerprint sum;
    sum.add(header.magic);
    sum.add(header.version);
    sum.add(header.header_bytes);
    sum.add(header.model);
    sum.add(header.body_bytes);
    std::size_t done = 0;
    for (; done + sizeof(std::uint64_t) <= header.body_bytes; done += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, body + done, sizeof(word));
        sum.add(word);
    }
    std::uint64_t rest = 0;
    std::memcpy(&rest, body + done, header.body_bytes - done);
    sum.add(rest);
    return sum.value();
}

class Writer {
  public:
    void number(std::uint64_t value) { raw(&value, sizeof(value)); }
    template <class T>
    void list(const std::vector<T>& values) {
        static_assert(std::is_trivially_copyable_v<T>);
        number(values.size());
        raw(values.data(), values.size() * sizeof(T));
    }
    Bytes bytes;

  private:
    void raw(const void* data, std::size_t size) {
        const auto* first = static_cast<const std::byte*>(data);
        bytes.insert(bytes.end(), first, first + size);
    }
};

/// Reads what Writer wrote. The checksum has been seen to be right; lengths are held against the
/// bytes that are there all the same.
class Cursor {
  public:
    Cursor(const std::byte* at, std::size_t left) : at_(at), left_(left) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        take(&value, sizeof(value));
        return value;
    }
    template <class T>
    std::vector<T> list() {
        const std::uint64_t count = number();
        if (count > left_ / sizeof(T)) refuse_length();
        std::vector<T> values(count);
        take(values.data(), count * sizeof(T));
        return values;
    }
    void expect_end() const {
        if (left_ != 0) refuse_length();
    }

  private:
    [[noreturn]] static void refuse_length() {
        refuse("is damaged: its parts do not add up to its length", "capture it anew");
    }
    void take(void* target, std::size_t size) {
        if (size > left_) refuse_length();
        if (size > 0) std::memcpy(target, at_, size);
        at_ += size;
        left_ -= size;
    }
    const std::byte* at_;
    std::size_t left_;
};

/// The header, once it is known to belong to these bytes and to this version.
Header read_header(const Bytes& bytes) {
    Header header;
    if (bytes.size() < sizeof(header)) {
        refuse("is too short: " + std::to_string(bytes.size()) + " bytes", "capture it anew");
    }
    std::memcpy(&header, bytes.data(), sizeof(header));
    if (header.magic != magic) {
        refuse("does not begin as a snapshot of Foretwin does", "was another file given?");
    }
    if (header.version != format_version || header.header_bytes != sizeof(header)) {
        refuse("has the unknown format version " + std::to_string(header.version),
               "this build reads version " + std::to_string(format_version));
    }
    if (header.body_bytes != bytes.size() - sizeof(header)) {
        refuse("is damaged: it says " + std::to_string(header.body_bytes) + " bytes and holds " +
                   std::to_string(bytes.size() - sizeof(header)),
               "capture it anew");
    }
    if (header.checksum != checksum_of(header, bytes.data() + sizeof(header))) {
        refuse("is damaged: its checksum does not match", "capture it anew");
    }
    return header;
}

void write_memory(Writer& writer, const kernel::Memory& memory) {
    writer.list(memory.fixed());
    writer.number(memory.pools().size());
    for (const kernel::Pool& pool : memory.pools()) {
        writer.list(pool.bytes());
        writer.number(pool.free_blocks().size());
        for (const std::vector<std::uint32_t>& blocks : pool.free_blocks()) writer.list(blocks);
    }
}

kernel::Memory read_memory(Cursor& cursor) {
    std::vector<std::byte> fixed = cursor.list<std::byte>();
    std::vector<kernel::Pool> pools;
    for (std::uint64_t cells = cursor.number(); cells > 0; --cells) {
        std::vector<std::byte> bytes = cursor.list<std::byte>();
        kernel::Pool::FreeBlocks free_blocks;
        for (std::uint64_t classes = cursor.number(); classes > 0; --classes) {
            free_blocks.push_back(cursor.list<std::uint32_t>());
        }
        pools.push_back(kernel::Pool::restored(std::move(bytes), std::move(free_blocks)));
    }
    return kernel::Memory::restored(std::move(fixed), std::move(pools));
}

}  // namespace

Bytes capture(const kernel::Simulation& simulation) {
    Writer writer;
    writer.number(simulation.key().seed);
    writer.number(simulation.key().replication);
    writer.number(static_cast<std::uint64_t>(simulation.now()));
    writer.number(simulation.step());
    writer.number(simulation.events_handled());
    write_memory(writer, simulation.memory());
    writer.list(simulation.pending());

    Header header;
    header.magic = magic;
    header.version = format_version;
    header.header_bytes = sizeof(header);
    header.model = identity_of(simulation.model());
    header.body_bytes = writer.bytes.size();
    header.checksum = checksum_of(header, writer.bytes.data());
    std::array<std::byte, sizeof(header)> front{};
    std::memcpy(front.data(), &header, sizeof(header));
    writer.bytes.insert(writer.bytes.begin(), front.begin(), front.end());
    return std::move(writer.bytes);
}

kernel::Simulation restore(const kernel::Model& model, const Bytes& bytes) {
    const Header header = read_header(bytes);
    if (header.model != identity_of(model)) {
        refuse("was taken of another model: names, types or layout of the devices differ",
               "restore it into the plant it was taken of; parameters may differ, devices may not");
    }
    Cursor cursor(bytes.data() + sizeof(header), header.body_bytes);
    random::Key key;
    key.seed = static_cast<std::uint32_t>(cursor.number());
    key.replication = static_cast<std::uint32_t>(cursor.number());
    const auto now = static_cast<Time>(cursor.number());
    const std::uint64_t step = cursor.number();
    const std::uint64_t events = cursor.number();
    kernel::Memory memory = read_memory(cursor);
    std::vector<kernel::Event> pending = cursor.list<kernel::Event>();
    cursor.expect_end();

    kernel::Simulation simulation(model, key);
    simulation.restore(std::move(memory), std::move(pending), now, step, events);
    return simulation;
}

}  // namespace foretwin::snapshot
