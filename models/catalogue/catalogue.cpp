#include "models/catalogue/catalogue.hpp"

#include "models/energy/tariff_device.hpp"
#include "models/flow/buffer.hpp"
#include "models/flow/conveyor.hpp"
#include "models/flow/machine.hpp"
#include "models/flow/sink.hpp"
#include "models/flow/source.hpp"
#include "models/flow/station.hpp"
#include "models/people/crew.hpp"
#include "models/reliability/spares.hpp"

namespace foretwin::catalogue {

std::span<const DeviceSpec* const> device_types() {
    static const DeviceSpec* const types[] = {
        &flow::Source::spec, &flow::Station::spec,       &flow::Machine::spec,
        &flow::Buffer::spec, &flow::Conveyor::spec,      &flow::Sink::spec,
        &people::Crew::spec, &reliability::Spares::spec, &energy::TariffDevice::spec,
    };
    return types;
}

}  // namespace foretwin::catalogue
