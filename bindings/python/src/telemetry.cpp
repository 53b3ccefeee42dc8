#include <pybind11/numpy.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <memory>

#include "bindings/python/src/parts.hpp"
#include "bindings/python/src/store_turn.hpp"
#include "engine/telemetry/store.hpp"

namespace py = pybind11;

namespace foretwin::python {
namespace {

using telemetry::Instant;
using telemetry::Rows;
using telemetry::SeriesInfo;
using telemetry::SeriesKind;
using telemetry::StoreReader;

constexpr unsigned unpacking_threads = 2;

/// The numbers as an array that owns them: nothing is copied.
template <class Number>
py::array array_of(std::vector<Number>&& numbers) {
    auto kept = std::make_unique<std::vector<Number>>(std::move(numbers));
    std::vector<Number>& held = *kept;
    const py::capsule owner(kept.release(),
                            [](void* all) { delete static_cast<std::vector<Number>*>(all); });
    return py::array_t<Number>(static_cast<py::ssize_t>(held.size()), held.data(), owner);
}

/// A store closes its file in its turn, too.
struct CloseInTurn {
    void operator()(StoreReader* store) const {
        const py::gil_scoped_release unlocked;
        StoreTurn turn(StoreTurn::Deaf{});
        delete store;
    }
};
using Held = std::unique_ptr<StoreReader, CloseInTurn>;

/// `function()` of an open store, without the interpreter's lock.
template <class Function>
auto in_turn(Function function) {
    const py::gil_scoped_release unlocked;
    const StoreTurn turn;
    return function();
}

py::dict described(const SeriesInfo& info) {
    using namespace py::literals;  // NOLINT(google-build-using-namespace): pybind11's "name"_a
    return py::dict("device"_a = info.device, "signal"_a = info.signal,
                    "kind"_a = info.kind == SeriesKind::texts ? "texts" : "numbers",
                    "unit"_a = info.unit, "source"_a = info.source, "aliases"_a = info.aliases,
                    "samples"_a = info.samples, "first"_a = info.first, "last"_a = info.last);
}

Rows rows_of(const StoreReader& store, const std::string& device, const std::string& signal,
             Instant from, Instant to) {
    Rows rows;
    const py::gil_scoped_release unlocked;
    const StoreTurn turn;
    store.scan(
        device, signal, from, to, [&](const Rows& more) { rows.append(more, 0, more.size()); },
        unpacking_threads);
    return rows;
}

/// (time, value, quality); of texts (time, code, detail code, quality, words).
py::tuple read(const StoreReader& store, const std::string& device, const std::string& signal,
               Instant from, Instant to) {
    Rows rows = rows_of(store, device, signal, from, to);
    py::array time = array_of(std::move(rows.at));
    py::array quality = array_of(std::move(rows.quality));
    for (const SeriesInfo& info : in_turn([&] { return store.series(); })) {
        if (info.device != device || info.signal != signal) continue;
        if (info.kind == SeriesKind::numbers) break;
        py::list words;
        const std::vector<std::string> known = in_turn([&] {
            const telemetry::StoreWords& own = store.words(device, signal);
            std::vector<std::string> all;
            for (std::uint32_t code = 0; code < own.size(); ++code)
                all.emplace_back(own.word(code));
            return all;
        });
        for (const std::string& word : known)
            words.append(py::bytes(word).attr("decode")("utf-8", "replace"));
        return py::make_tuple(time, array_of(std::move(rows.code)),
                              array_of(std::move(rows.detail)), quality, words);
    }
    return py::make_tuple(time, array_of(std::move(rows.value)), quality);
}

}  // namespace

void bind_telemetry(py::module_& module) {
    py::class_<StoreReader, Held>(module, "StoreReader")
        .def(py::init([](const std::filesystem::path& path) {
                 return in_turn([&] { return Held(new StoreReader(path)); });
             }),
             py::arg("path"))
        .def("series",
             [](const StoreReader& store) {
                 py::list all;
                 for (const SeriesInfo& info : in_turn([&] { return store.series(); }))
                     all.append(described(info));
                 return all;
             })
        .def("read", &read, py::arg("device"), py::arg("signal"), py::arg("start"), py::arg("end"))
        .def("refresh", [](StoreReader& store) { in_turn([&] { store.refresh(); }); });
}

}  // namespace foretwin::python
