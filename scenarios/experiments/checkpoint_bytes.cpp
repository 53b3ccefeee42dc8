#include "scenarios/experiments/checkpoint_bytes.hpp"

#include <sstream>
#include <utility>

#include "engine/core/fingerprint.hpp"
#include "engine/snapshot/both_ways.hpp"

namespace foretwin::experiments {
namespace {

using snapshot::Get;
using snapshot::Put;
using snapshot::Reader;
using snapshot::Writer;
using statistics::Summary;

constexpr snapshot::Kind kind{"FTWNCHKP", 1, "checkpoint",
                              "remove it and begin anew, without --resume"};

/// `Found` is DeadlockFound, const when it is written; so below.
template <class Way, class Found>
void pass_deadlock(Way& way, Found& found) {
    way(found.replication);
    way(found.since);
    std::vector<double> standstill{found.standstill_h};
    way.list(standstill);
    if constexpr (!std::is_const_v<Found>) {
        found.standstill_h = standstill.empty() ? 0 : standstill.front();
    }
    way.each(found.devices, [&](auto& device) { way(device); });
}

template <class Way, class Own>
void pass_outcome(Way& way, Own& outcome) {
    way.list(outcome.kpis);
    way.list(outcome.devices);
    way.list(outcome.parts);
    way(outcome.fingerprint);
    way(outcome.trace);
    way(outcome.events);
    way.each(outcome.deadlocks, [&](auto& found) { pass_deadlock(way, found); });
}

template <class Way, class Own>
void pass_replications(Way& way, Own& own) {
    way.each(own.kpis, [&](auto& values) { way.list(values); });
    way.each(own.devices, [&](auto& draws) { way.list(draws); });
    way.each(own.part_counts, [&](auto& values) { way.list(values); });
    way.list(own.fingerprints);
    way.list(own.traces);
    way(own.events);
    way.each(own.deadlocks, [&](auto& found) { pass_deadlock(way, found); });
}

void write_study(Writer& writer, const StudyState& study) {
    Put put(writer);
    put(study.key);
    put(study.folded);
    put.each(study.all, [&](const Replications& own) { pass_replications(put, own); });
    put.list(study.finished);
    for (std::size_t task = 0; task < study.finished.size(); ++task) {
        if (study.finished[task] != 0) pass_outcome(put, study.outcomes[task]);
    }
    std::uint64_t snapshots = 0;
    for (const auto& [task, own] : study.under_way) snapshots += own.bytes.empty() ? 0U : 1U;
    put(snapshots);
    for (const auto& [task, own] : study.under_way) {
        if (own.bytes.empty()) continue;
        put(task);
        put(own.measuring ? 1 : 0);
        put.list(own.bytes);
    }
}

StudyState read_study(Reader& reader) {
    Get get(reader);
    StudyState study;
    get(study.key);
    get(study.folded);
    get.each(study.all, [&](Replications& own) { pass_replications(get, own); });
    get.list(study.finished);
    study.outcomes.resize(study.finished.size());
    for (std::size_t task = 0; task < study.finished.size(); ++task) {
        if (study.finished[task] != 0) pass_outcome(get, study.outcomes[task]);
    }
    for (std::uint64_t snapshots = reader.number(); snapshots > 0; --snapshots) {
        UnderWay& own = study.under_way[reader.number()];
        own.measuring = reader.number() != 0;
        get.list(own.bytes);
    }
    return study;
}

/// Room for one outcome or one figure of many; a guess, since bytes may move.
std::size_t expected_size(const std::list<StudyState>& studies) {
    std::size_t size = std::size_t{1} << 16;
    for (const StudyState& study : studies) {
        for (const auto& [task, own] : study.under_way) size += own.bytes.size() + 64;
    }
    return size;
}

void refuse_another_key(const Reader& reader, const std::string& taken, const std::string& key) {
    std::istringstream theirs(taken);
    std::istringstream ours(key);
    for (;;) {
        std::string their_line;
        std::string our_line;
        const bool more_of_theirs = static_cast<bool>(std::getline(theirs, their_line));
        const bool more_of_ours = static_cast<bool>(std::getline(ours, our_line));
        if (!more_of_theirs && !more_of_ours) return;
        if (their_line == our_line) continue;
        const auto told = [](const std::string& line) { return line.empty() ? "nothing" : line; };
        reader.refuse("is of another study: there it is `" + told(their_line) + "`, here `" +
                          told(our_line) + "`",
                      "give the files and options that it was taken with, or name another file "
                      "with --checkpoint");
    }
}

}  // namespace

snapshot::Bytes checkpoint_bytes(const std::string& key, const std::list<StudyState>& studies) {
    Fingerprint owner;
    owner.add(std::string_view(key));
    Writer writer(kind, owner.value(), expected_size(studies));
    writer.text(key);
    writer.number(studies.size());
    for (const StudyState& study : studies) write_study(writer, study);
    return std::move(writer).seal();
}

std::list<StudyState> read_checkpoint(const std::string& key, const snapshot::Bytes& bytes) {
    Reader reader(kind, bytes.data(), bytes.size());
    refuse_another_key(reader, reader.text(), key);
    std::list<StudyState> studies;
    for (std::uint64_t count = reader.number(); count > 0; --count) {
        studies.push_back(read_study(reader));
    }
    reader.expect_end();
    return studies;
}

}  // namespace foretwin::experiments
