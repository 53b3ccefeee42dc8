#include "scenarios/report/hdf5.hpp"

#include <cmath>

#include "scenarios/report/hdf5_file.hpp"
#include "scenarios/report/headline.hpp"
#include "scenarios/report/json.hpp"
#include "scenarios/report/whole_file.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

namespace {

constexpr std::int64_t layout_version = 1;

void put_head(Hdf5File& file, const StudyResult& study) {
    file.put_attribute("/", "layout", layout_version);
    file.put_attribute("/", "foretwin", study.version);
    file.put_attribute("/", "question", study.question);
    file.put_attribute("/", "scenario", study.scenario);
    file.put_attribute("/", "file", study.file);
    file.put_attribute("/", "fingerprint", study.fingerprint);
    file.put_attribute("/", "life_model", study.life_model);
    file.put_attribute("/", "currency", study.currency);
    file.put_attribute("/", "seed", static_cast<std::int64_t>(study.seed));
    file.put_attribute("/", "replications", study.replications);
    file.put_attribute("/", "parameter_draws", study.parameter_draws);
    file.put_attribute("/", "level", study.level);
    file.put_attribute("/", "horizon_h", study.horizon_h);
    file.put_attribute("/", "warm_up_h", study.warm_up_h);
}

/// Appends one row of `columns` numbers; what is missing is NaN.
void append_row(std::vector<double>& table, const std::vector<double>* row, std::size_t columns) {
    for (std::size_t i = 0; i < columns; ++i)
        table.push_back(row != nullptr && i < row->size() ? (*row)[i] : NAN);
}

void put_kpi(Hdf5File& file, const StudyResult& study, const std::string& name,
             std::size_t replications) {
    std::vector<double> table;
    const FigureResult* told = nullptr;
    for (const AlternativeResult& alternative : study.alternatives) {
        const KpiResult* kpi = find_kpi(alternative, name);
        if (kpi != nullptr) told = &kpi->value;
        append_row(table, kpi == nullptr ? nullptr : &kpi->by_replication, replications);
    }
    const std::string path = "/kpis/" + name;
    file.put_table(path, table, replications);
    file.put_attribute(path, "unit", told->unit == "money" ? study.currency : told->unit);
    file.put_attribute(path, "formula", told->formula);
    file.put_attribute(path, "dimensions", std::string("alternative, replication"));
}

void put_npv(Hdf5File& file, const StudyResult& study, std::size_t replications) {
    std::vector<double> table;
    bool any = false;
    for (const AlternativeResult& alternative : study.alternatives) {
        any = any || alternative.money;
        append_row(table, alternative.money ? &alternative.money->npv_by_future : nullptr,
                   replications);
    }
    if (!any) return;
    file.put_table("/money/npv", table, replications);
    file.put_attribute("/money/npv", "unit", study.currency);
    file.put_attribute("/money/npv", "dimensions", std::string("alternative, replication"));
}

void put_provenance(Hdf5File& file, const StudyResult& study) {
    std::vector<std::string> paths, fingerprints;
    std::vector<std::int64_t> bytes;
    for (const experiments::InputFile& input : study.inputs) {
        paths.push_back(input.path);
        fingerprints.push_back(input.fingerprint);
        bytes.push_back(static_cast<std::int64_t>(input.bytes));
    }
    file.put_text("/provenance/scenario", study.text);
    file.put_texts("/provenance/inputs/path", paths);
    file.put_texts("/provenance/inputs/fingerprint", fingerprints);
    file.put_numbers("/provenance/inputs/bytes", bytes);
}

}  // namespace

std::string hdf5(const StudyResult& study) {
    Hdf5File file;
    put_head(file, study);
    std::vector<std::string> names, fingerprints;
    std::size_t replications = 0;
    for (const AlternativeResult& alternative : study.alternatives) {
        names.push_back(alternative.name);
        fingerprints.push_back(alternative.fingerprint);
        for (const KpiResult& kpi : alternative.kpis)
            replications = std::max(replications, kpi.by_replication.size());
    }
    file.put_texts("/alternatives/name", names);
    file.put_texts("/alternatives/fingerprint", fingerprints);
    file.put_group("/kpis");
    for (const std::string& name : kpi_order(study)) put_kpi(file, study, name, replications);
    put_npv(file, study, replications);
    file.put_text("/result", to_json(study).dump());
    put_provenance(file, study);
    return file.bytes();
}

void write_hdf5(const StudyResult& study, const std::filesystem::path& path) {
    write_whole_file(path, hdf5(study));
}

}  // namespace foretwin::report
