#include <cmath>

#include "models/energy/tariff_device.hpp"
#include "models/people/crew.hpp"
#include "models/reliability/spares.hpp"
#include "scenarios/assembly/builders.hpp"

namespace foretwin::assembly {
namespace {

constexpr double joule_per_mwh = 3.6e9;

/// How many of the unit in a price file's header word make one currency unit per MWh.
double per_mwh(const Site& site, const loader::Value& energy) {
    loader::Value one = loader::Value::scalar("1 " + energy.text_of("unit", "EUR/MWh"));
    one.put_as(energy.has("unit") ? *energy.find("unit") : energy);
    return std::round(site.reader.quantity(one, "money/J") * joule_per_mwh * 1e9) / 1e9;
}

energy::PriceFileDefinition read_price_file(const Site& site, const loader::Value& energy) {
    energy::PriceFileDefinition file;
    file.path = site.folder / energy.text_of("file");
    file.asked_from = energy.find("file")->place();
    file.time_column = energy.text_of("time", "timestamp");
    file.value_column = energy.text_of("value");
    file.unit_scale = per_mwh(site, energy);
    file.zone = energy.text_of("zone");
    file.reference_year = static_cast<int>(site.reader.count_of(energy, "year", 0));
    return file;
}

std::uint8_t weekdays_of(const std::string& key) {
    static constexpr std::string_view names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                                 "friday", "saturday", "sunday"};
    for (std::size_t day = 0; day < 7; ++day) {
        if (key == names[day]) return static_cast<std::uint8_t>(1U << day);
    }
    if (key == "weekdays") return energy::weekdays;
    return key == "weekend" ? energy::weekend : energy::every_day;
}

/// bands: {weekdays: {"06:00-22:00": 0.21 EUR/kWh, ...}, weekend: {...}}
energy::TimeOfUse read_bands(const Site& site, const loader::Value& energy) {
    energy::TimeOfUse bands;
    for (const loader::Value::Entry& days : energy.find("bands")->entries()) {
        for (const loader::Value::Entry& range : days.value.entries()) {
            const auto clock = energy::parse_clock_range(range.key);
            if (!clock) {
                throw InputError(days.value.place_of_key(range.key),
                                 "'" + range.key + "' is no clock range",
                                 "write e.g. \"06:00-22:00\"");
            }
            if (clock->from_minute == clock->to_minute) {
                throw InputError(days.value.place_of_key(range.key),
                                 "'" + range.key + "' begins and ends at the same time",
                                 "write \"00:00-24:00\" for the whole day");
            }
            bands.bands.push_back({weekdays_of(days.key), clock->from_minute, clock->to_minute,
                                   site.reader.quantity(range.value, "money/J") * joule_per_mwh});
        }
    }
    if (const loader::Value* otherwise = energy.find("otherwise")) {
        bands.otherwise_per_mwh = site.reader.quantity(*otherwise, "money/J") * joule_per_mwh;
    }
    return bands;
}

/// Everything that a tariff depends on; empty when it refers to uncertain parameters.
std::string key_of(const Site& site, const loader::Value& device) {
    const std::string text = loader::to_yaml(device);
    if (text.find("assumption:") != std::string::npos ||
        text.find("fitted:") != std::string::npos) {
        return "";
    }
    return text + site.folder.string() + "|" + site.clock.zone() + "|" +
           std::to_string(site.clock.to_unix(0)) + "|" + std::to_string(site.clock.end());
}

/// Says what laying the prices along the run had to bridge, if anything.
void note_mapping(Site& site, const energy::MappingReport& mapping) {
    const int bridged = mapping.skipped_hours + mapping.repeated_hours + mapping.week_53_hours +
                        mapping.filled_hours;
    if (bridged == 0) return;
    std::string note = "prices: " + std::to_string(mapping.hours) + " hours, " +
                       std::to_string(mapping.skipped_hours) + " skipped and " +
                       std::to_string(mapping.repeated_hours) + " repeated by daylight saving, " +
                       std::to_string(mapping.week_53_hours) + " of week 53 taken from week 52";
    if (mapping.filled_hours > 0) {
        note += ", " + std::to_string(mapping.filled_hours) +
                " that daylight saving skips in the reference year taken from the hour before";
    }
    site.notes.push_back(note);
}

}  // namespace

std::shared_ptr<const energy::Tariff> SharedTariffs::find(const std::string& key) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = tariffs_.find(key);
    return found == tariffs_.end() ? nullptr : found->second;
}

void SharedTariffs::keep(const std::string& key, std::shared_ptr<const energy::Tariff> tariff) {
    const std::lock_guard<std::mutex> lock(mutex_);
    tariffs_.emplace(key, std::move(tariff));
}

energy::TariffDefinition read_tariff(const Site& site, const loader::Value& device) {
    energy::TariffDefinition tariff;
    const loader::Value& energy = *device.find("energy");
    const int kinds = (energy.has("file") ? 1 : 0) + (energy.has("bands") ? 1 : 0) +
                      (energy.has("price") ? 1 : 0);
    if (kinds > 1) {
        throw InputError(energy.place(), "the tariff has more than one price of energy",
                         "give one of `file`, `bands`, `price`");
    }
    if (!energy.has("bands")) refuse_idle_key(energy, "otherwise", "`bands`");
    if (!energy.has("file")) {
        for (const char* key : {"time", "value", "unit", "year", "zone"})
            refuse_idle_key(energy, key, "`file`");
    }
    if (energy.has("file")) {
        tariff.energy = read_price_file(site, energy);
    } else if (energy.has("bands")) {
        tariff.energy = read_bands(site, energy);
    } else if (energy.has("price")) {
        tariff.energy = energy::FlatPrice{site.reader.quantity(*energy.find("price"), "money/J") *
                                          joule_per_mwh};
    } else {
        throw InputError(energy.place(), "the tariff has no price of energy",
                         "give `file`, `bands` or `price`");
    }
    if (const loader::Value* demand = device.find("demand")) {
        energy::DemandDefinition charge;
        charge.per_kw_month = site.reader.quantity(*demand->find("price"), "money/W/month") * 1e3;
        charge.window = site.reader.duration_of(*demand, "window", 15 * minute);
        charge.ratchet = site.reader.fraction_of(*demand, "ratchet", 0);
        tariff.demand = charge;
        tariff.window = charge.window;
    }
    tariff.carbon =
        energy::FlatPrice{site.reader.quantity_of(device, "carbon", "kg/J", 0) * joule_per_mwh};
    return tariff;
}

void build_tariff(Site& site, const std::string& name, DeviceIndex index) {
    const loader::Value& device = site.device(name);
    energy::RunCalendar calendar;
    calendar.origin_unix_ns = site.clock.to_unix(0);
    calendar.zone = site.clock.zone().empty() ? "UTC" : site.clock.zone();
    calendar.end = site.clock.end();
    energy::TariffDevice meter;
    const std::string key = key_of(site, device);
    if (site.shared != nullptr && !key.empty()) meter.tariff = site.shared->find(key);
    if (!meter.tariff) {
        meter.tariff = std::make_shared<const energy::Tariff>(
            energy::make_tariff(read_tariff(site, device), calendar));
        if (site.shared != nullptr && !key.empty()) site.shared->keep(key, meter.tariff);
    }
    note_mapping(site, meter.tariff->energy_mapping);
    site.tariff = meter.tariff;
    energy::add_tariff(site.builder, index, std::move(meter));
}

void build_crew(Site& site, const std::string& name, DeviceIndex index) {
    const loader::Value& device = site.device(name);
    people::Crew crew;
    crew.size = static_cast<std::uint32_t>(site.reader.count_of(device, "size", 1));
    crew.calendar = site.calendar_of(device);
    crew.finish_at_shift_end = device.text_of("at_shift_end", "finish") == "finish";
    crew.wage_per_s = site.reader.quantity_of(device, "wage", "money/s", 0);
    people::add_crew(site.builder, index, std::move(crew));
}

void build_spares(Site& site, const std::string& name, DeviceIndex index) {
    const loader::Value& device = site.device(name);
    reliability::Spares spares;
    spares.stock = site.reader.count_of(device, "stock", 0);
    spares.lot = site.reader.count_of(device, "lot", 1);
    const loader::Value* reorder = device.find("reorder_point");
    spares.reorder_point = reorder == nullptr
                               ? spares.stock - 1
                               : static_cast<std::int64_t>(site.reader.number(*reorder));
    spares.lead_time = site.reader.distribution(*device.find("lead_time"));
    spares.price = site.reader.quantity_of(device, "price", "money/part", 0);
    reliability::add_spares(site.builder, index, std::move(spares), name);
}

}  // namespace foretwin::assembly
