#pragma once

#include <memory>

#include "engine/kernel/model_builder.hpp"
#include "models/contract/parameter.hpp"
#include "models/contract/ports.hpp"
#include "models/energy/meter.hpp"

namespace foretwin::energy {

/// The meter of the site: sums the power of all machines and writes the bill of one tariff.
struct TariffDevice {
    static const DeviceSpec spec;

    std::shared_ptr<const Tariff> tariff;
    std::uint32_t parts = 0;  ///< MeterPart in every cell; set by add_tariff
};

void add_tariff(kernel::ModelBuilder& builder, DeviceIndex device, TariffDevice tariff);

}  // namespace foretwin::energy
