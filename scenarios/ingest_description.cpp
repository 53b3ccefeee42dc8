#include "scenarios/ingest_description.hpp"

#include "engine/telemetry/instant.hpp"
#include "engine/telemetry/record_source.hpp"
#include "scenarios/ingest_map.hpp"
#include "scenarios/live_source.hpp"

namespace foretwin::scenarios {

namespace {

using loader::Problems;
using loader::Value;
using telemetry::Form;
using telemetry::IngestDescription;
using telemetry::SignalDescription;
using telemetry::Stamp;

void read_signals(DescriptionMap& top, IngestDescription& description) {
    const Value* value = top.need("signals", "signals: {power: {unit: kW}}");
    if (value == nullptr) return;
    if (value->entries().empty())
        return top.add(*value, "signals must name at least one", "as in power: {unit: kW}");
    for (const auto& entry : value->entries())
        description.signals.push_back(
            read_signal_description(entry.key, entry.value, top.problems()));
    for (std::size_t i = 0; i < description.signals.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (description.signals[i].column == description.signals[j].column)
                top.add(value->entries()[i].value,
                        "column '" + description.signals[i].column + "' is read twice",
                        "give each signal a column of its own");
}

void read_epoch(DescriptionMap& map, IngestDescription& description) {
    const std::vector<Time> units{0, second, millisecond, microsecond, nanosecond};
    description.time_unit = units[map.choice("epoch", {"none", "s", "ms", "us", "ns"})];
}

/// A value that was measured over an interval holds from its beginning.
void read_stamp(DescriptionMap& map, IngestDescription& description) {
    description.stamp = static_cast<Stamp>(map.choice("stamp", {"instant", "start", "end"}));
    description.interval = map.duration("interval", 0);
    const Value* interval = map.find("interval");
    if (description.stamp == Stamp::instant && interval != nullptr)
        map.add(*interval, "'interval' says over what a value was measured, and 'stamp' is missing",
                "as in stamp: end, interval: 15 min");
    if (description.stamp != Stamp::instant && description.interval == 0)
        map.add(*map.find("stamp"), "an interval has a length", "as in interval: 15 min");
}

void read_time(DescriptionMap& top, IngestDescription& description) {
    const std::string example = "time: {column: datetime, zone: UTC}";
    const Value* value = top.need("time", example);
    if (value == nullptr) return;
    const bool intervals = description.form == Form::intervals;
    DescriptionMap map(*value, "time",
                       {intervals ? "from" : "column", intervals ? "to" : "stamp", "zone", "epoch",
                        "arrival", "clock_offset", "interval"},
                       top.problems());
    if (!value->is_map()) return;
    if (intervals) {
        const std::string both = "time: {from: begin, to: end, zone: UTC}";
        description.time_column = map.text("from", both);
        description.until_column = map.text("to", both);
    } else {
        description.time_column = map.text("column", example);
    }
    if (map.find("arrival") != nullptr)
        description.arrival_column = map.text("arrival", "arrival: received_at");
    description.clock_offset = map.duration("clock_offset", 0, true);
    read_epoch(map, description);
    read_stamp(map, description);
    description.zone = map.text("zone", example);
    if (description.zone.empty()) return;
    try {
        const telemetry::ClockReader probe(description.zone);
    } catch (const InputError& error) {
        map.add(*map.find("zone"), error.problems().front().what, error.problems().front().hint);
    }
}

void read_device(DescriptionMap& top, IngestDescription& description) {
    const std::string example = "device: {column: machine}, or device: {name: Press 7}";
    const Value* value = top.need("device", example);
    if (value == nullptr) return;
    DescriptionMap map(*value, "device", {"column", "name"}, top.problems());
    if (!value->is_map()) return;
    if (map.find("column") != nullptr && map.find("name") != nullptr)
        map.add(*value, "device has both a column and a name", "keep one of them");
    if (map.find("column") != nullptr) {
        description.device_column = map.text("column", example);
        return;
    }
    description.device = map.text("name", example);
    if (!description.device.empty()) check_series_name(map, *map.find("name"), description.device);
}

std::string column_of(DescriptionMap& top, const std::string& key, bool wanted) {
    const std::string example = key + ": {column: " + key + "}";
    if (!wanted) {
        if (const Value* value = top.find(key))
            top.add(*value, "'" + key + "' is for files in long form", "leave it out");
        return "";
    }
    const Value* value = top.need(key, example);
    if (value == nullptr) return "";
    DescriptionMap map(*value, key, {"column"}, top.problems());
    return map.text("column", example);
}

void read_form(DescriptionMap& top, IngestDescription& description) {
    top.need("form", "form: wide");
    description.form = static_cast<Form>(top.choice("form", {"wide", "long", "intervals"}));
    const bool longer = description.form == Form::longer;
    description.signal_column = column_of(top, "signal", longer);
    description.value_column = column_of(top, "value", longer);
}

void read_format(DescriptionMap& top, IngestDescription& description) {
    description.format = static_cast<telemetry::Format>(
        top.choice("format", {"csv", "json lines", "hdf5", "parquet"}));
    if (description.format == telemetry::Format::parquet && !telemetry::reads_parquet())
        top.add(*top.find("format"), telemetry::no_parquet, telemetry::no_parquet_hint);
}

/// Columns that only some files have.
void read_extras(DescriptionMap& top, IngestDescription& description) {
    const auto read = [&](const char* key) -> std::string {
        const Value* value = top.find(key);
        if (value == nullptr) return "";
        DescriptionMap map(*value, key, {"column"}, top.problems());
        return map.text("column", std::string(key) + ": {column: " + key + "}");
    };
    description.quality_column = read("quality");
    description.detail_column = read("detail");
}

/// An interval has one state.
void check_intervals(DescriptionMap& top, IngestDescription& description) {
    if (description.form != Form::intervals || description.signals.empty()) return;
    if (description.signals.size() != 1 || !description.signals.front().texts)
        top.add(*top.find("signals"), "the form intervals has one signal, of kind text",
                "as in signals: {state: {kind: text}}");
    // Nothing holds behind the end of an interval.
    SignalDescription& state = description.signals.front();
    if (state.hold == never) state.hold = 0;
}

void read_rejects(DescriptionMap& top, IngestDescription& description) {
    const Value* value = top.find("reject");
    if (value == nullptr) return;
    const std::vector<std::string> known{"stuck", "range", "unit"};
    if (!value->is_list()) top.add(*value, "reject is a list", "as in reject: [stuck, range]");
    for (const Value& item : value->items()) {
        if (item.text() == "stuck")
            description.doubts.reject_stuck = true;
        else if (item.text() == "range")
            description.doubts.reject_range = true;
        else if (item.text() == "unit")
            description.doubts.reject_unit = true;
        else
            top.add(item, "unknown rule '" + item.text() + "'", suggestion(item.text(), known));
    }
}

void read_threshold(DescriptionMap& top, IngestDescription& description) {
    const Value* value = top.find("refuse_above");
    if (value == nullptr) return;
    const auto share = parse_quantity(value->text());
    if (share && share->dimension == Dimension{} && share->value >= 0 && share->value <= 1)
        description.refuse_above = share->value;
    else
        top.add(*value, "'" + value->text() + "' is no share from 0 % to 100 %",
                "as in refuse_above: 5 %");
}

void read_file_keys(DescriptionMap& top, IngestDescription& description) {
    description.file = top.text("file", "file: telemetry.csv");
    read_format(top, description);
    read_form(top, description);
    read_extras(top, description);
    read_time(top, description);
    read_device(top, description);
    read_threshold(top, description);
}

/// What a broker's messages look like stands under `source`; and what came cannot be taken back.
void refuse_file_keys(DescriptionMap& top) {
    for (const char* key : {"file", "format", "form", "quality", "detail", "time", "device",
                            "signal", "value", "refuse_above"})
        if (const Value* value = top.find(key))
            top.add(*value, "'" + std::string(key) + "' is for files, and there is a 'source'",
                    "leave it out; what messages look like stands under source");
}

/// Before hours are spent on it: is there such a file, and can it be one of samples?
void check_file(const Value& tree, const std::filesystem::path& path, Problems& problems) {
    const Value* file = tree.find("file");
    if (file == nullptr || file->text().empty()) return;
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        problems.push_back({file->place(), "there is no file '" + file->text() + "'",
                            "paths are relative to the description's folder"});
    else if (!std::filesystem::is_regular_file(path, error))  // it is read more than once
        problems.push_back({file->place(),
                            "'" + file->text() + "' is no file but a folder, a pipe or a device",
                            "name a file of comma-separated text, or such a file packed by gzip"});
}

}  // namespace

IngestDescription read_ingest_description(const Value& tree, Problems& problems) {
    DescriptionMap top(
        tree, "the description",
        {"foretwin_ingest", "file", "format", "form", "quality", "detail", "time", "device",
         "signal", "value", "late_after", "refuse_above", "reject", "signals", "source"},
        problems);
    IngestDescription description;
    if (top.text("foretwin_ingest", "foretwin_ingest: 1") != "1" &&
        tree.find("foretwin_ingest") != nullptr)
        top.add(*tree.find("foretwin_ingest"), "this version reads `foretwin_ingest: 1`",
                "write 1, or use a newer Foretwin");
    description.late_after = top.duration("late_after", 0);
    if (tree.find("source") == nullptr)
        read_file_keys(top, description);
    else
        refuse_file_keys(top);
    read_rejects(top, description);
    read_signals(top, description);
    check_intervals(top, description);
    return description;
}

IngestPlan read_ingest_plan(const std::filesystem::path& path, const std::string& file) {
    Problems problems;
    Value tree = loader::read_file(path, problems);
    if (!file.empty() && tree.is_map() && tree.find("source") == nullptr)
        tree.set("file", Value::scalar(std::filesystem::absolute(file).string()));
    IngestPlan plan;
    if (problems.empty()) {
        plan.rules = read_ingest_description(tree, problems);
        if (const Value* source = tree.find("source"))
            plan.source = read_live_source(*source, path.parent_path(), plan.rules, problems);
        else
            check_file(tree, path.parent_path() / plan.rules.file, problems);
    }
    loader::throw_if_any(std::move(problems));
    return plan;
}

}  // namespace foretwin::scenarios
