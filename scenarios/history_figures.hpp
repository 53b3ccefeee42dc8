#pragma once

#include <vector>

#include "engine/kernel/model.hpp"
#include "models/observed/accounts.hpp"
#include "models/observed/profile.hpp"

namespace foretwin::scenarios {

/// Raw figures of history, named and scaled as the models name theirs, so that scenarios/kpis makes
/// the same KPIs of them. `unknown` is no state of a machine and gives no figure.
struct HistoryFigures {
    std::vector<kernel::FigureSpec> specs;
    std::vector<Wide> values;
};

/// One account per device of the profile. Accounts of the same run (those of a day and of the
/// whole) must name the same causes, so that they give the same specs.
HistoryFigures history_figures(const observed::Profile& profile,
                               const std::vector<const observed::Accounts*>& accounts);

/// Why a KPI is undefined, by what the accounts lack; `device` null: of all devices.
std::string why_undefined(const std::string& kpi, const observed::Profile& profile,
                          const std::vector<const observed::Accounts*>& accounts,
                          const observed::DeviceProfile* device);

}  // namespace foretwin::scenarios
