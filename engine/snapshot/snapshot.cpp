#include "engine/snapshot/snapshot.hpp"

#include <algorithm>
#include <utility>

#include "engine/snapshot/soundness.hpp"

namespace foretwin::snapshot {
namespace {

using kernel::Event;

constexpr Kind kind{"FTWNSHOT", 3, "snapshot", "capture it anew"};
constexpr std::size_t numbers_in_front = 8;

bool is_stale(const kernel::Timer* timers, const Event& event) {
    return event.timer != kernel::no_timer && timers[event.timer].generation != event.generation;
}

std::size_t live_events(const kernel::Simulation& simulation, const kernel::Timer* timers) {
    const std::vector<Event>& pending = simulation.pending();
    return static_cast<std::size_t>(
        std::count_if(pending.begin(), pending.end(),
                      [&](const Event& event) { return !is_stale(timers, event); }));
}

/// More than is needed, by little.
std::size_t bytes_needed(const kernel::Memory& memory, std::size_t events) {
    std::size_t bytes = numbers_in_front * sizeof(std::uint64_t) + memory.bytes();
    for (const kernel::Pool& pool : memory.pools()) {
        bytes += 2 * sizeof(std::uint64_t);
        for (const auto& blocks : pool.free_blocks()) {
            bytes += sizeof(std::uint64_t) + blocks.size() * sizeof(std::uint32_t);
        }
    }
    return bytes + events * sizeof(Event);
}

void write_pool(Writer& writer, const kernel::Pool& pool) {
    writer.number(pool.bytes().size());
    writer.number(pool.free_blocks().size());
    for (const std::vector<std::uint32_t>& blocks : pool.free_blocks()) writer.list(blocks);
    for (const Stretch& used : used_stretches(pool.free_blocks(), pool.bytes().size())) {
        writer.raw(pool.bytes().data() + used.begin, used.end - used.begin);
    }
}

void write_events(Writer& writer, const kernel::Simulation& simulation, const kernel::Timer* timers,
                  std::size_t events) {
    const std::vector<Event>& pending = simulation.pending();
    writer.number(events);
    // Mostly all are live: then they are written as they lie.
    for (auto first = pending.begin(); first != pending.end();) {
        const auto stale = [&](const Event& event) { return is_stale(timers, event); };
        const auto last = std::find_if(first, pending.end(), stale);
        writer.raw(&*first, static_cast<std::size_t>(last - first) * sizeof(Event));
        first = std::find_if_not(last, pending.end(), stale);
    }
}

kernel::Slab read_slab(Reader& reader, std::size_t size) {
    std::vector<std::byte> bytes(size);
    reader.raw(bytes.data(), size);
    return kernel::Slab(std::move(bytes));
}

kernel::Pool read_pool(Reader& reader) {
    const std::uint64_t size = reader.number();
    // A pool may be far larger than what of it is used, but no larger than kernel::Pool allows.
    if (size > largest_pool || size % kernel::Pool::grain != 0) {
        reader.refuse_damaged("it has a pool of " + std::to_string(size) + " bytes");
    }
    kernel::Pool::FreeBlocks free_blocks(reader.count(sizeof(std::uint64_t)));
    for (std::vector<std::uint32_t>& blocks : free_blocks) blocks = reader.list<std::uint32_t>();
    const std::string fault = fault_of(free_blocks, size);
    if (!fault.empty()) reader.refuse_damaged(fault);
    const std::vector<Stretch> used = used_stretches(free_blocks, size);
    reader.expect_at_least(total_of(used));
    kernel::Slab bytes = kernel::Slab::zeros(size);
    for (const Stretch& own : used) reader.raw(bytes.data() + own.begin, own.end - own.begin);
    return kernel::Pool::restored(std::move(bytes), std::move(free_blocks));
}

kernel::Memory read_memory(Reader& reader, const kernel::Model& model) {
    if (reader.number() != model.memory.fixed().size()) {
        reader.refuse_damaged("its state is not as long as the model's");
    }
    kernel::Slab fixed = read_slab(reader, model.memory.fixed().size());
    if (reader.number() != model.partition.cells()) {
        reader.refuse_damaged("it has another number of pools than the model");
    }
    std::vector<kernel::Pool> pools;
    pools.reserve(model.partition.cells());
    while (pools.size() < model.partition.cells()) pools.push_back(read_pool(reader));
    return kernel::Memory::restored(std::move(fixed), std::move(pools));
}

}  // namespace

Bytes capture(const kernel::Simulation& simulation) {
    const kernel::Memory& memory = simulation.memory();
    const kernel::Model& model = simulation.model();
    const auto* timers = memory.at<kernel::Timer>(model.timers);
    const std::size_t events = live_events(simulation, timers);
    Writer writer(kind, model.identity, bytes_needed(memory, events));
    writer.number(simulation.key().seed);
    writer.number(simulation.key().replication);
    writer.number(static_cast<std::uint64_t>(simulation.now()));
    writer.number(simulation.step());
    writer.number(simulation.events_handled());
    writer.number(memory.fixed().size());
    writer.raw(memory.fixed().data(), memory.fixed().size());
    writer.number(memory.pools().size());
    for (const kernel::Pool& pool : memory.pools()) write_pool(writer, pool);
    write_events(writer, simulation, timers, events);
    return std::move(writer).seal();
}

kernel::Simulation restore(const kernel::Model& model, const Bytes& bytes) {
    return restore(model, bytes.data(), bytes.size());
}

kernel::Simulation restore(const kernel::Model& model, const std::byte* bytes, std::size_t size) {
    Reader reader(kind, bytes, size);
    if (reader.owner() != model.identity) {
        reader.refuse(
            "was taken of another model, or by another build: names, types, revisions or "
            "layout of the devices differ",
            "restore it into the plant it was taken of, with the build that took it; "
            "parameters may differ, devices may not");
    }
    random::Key key;
    key.seed = static_cast<std::uint32_t>(reader.number());
    key.replication = static_cast<std::uint32_t>(reader.number());
    kernel::Simulation::State state;
    state.now = static_cast<Time>(reader.number());
    state.step = reader.number();
    state.events_handled = reader.number();
    state.memory = read_memory(reader, model);
    state.pending = reader.list<Event>();
    reader.expect_end();
    const std::string fault = fault_of(model, state);
    if (!fault.empty()) reader.refuse_damaged(fault);
    return kernel::Simulation(model, key, std::move(state));
}

}  // namespace foretwin::snapshot
