#include "engine/telemetry/hdf5_handle.hpp"

#include <algorithm>
#include <mutex>

#include "engine/core/error.hpp"

namespace foretwin::telemetry {

namespace {

void put(hid_t object, const char* name, hid_t type, const void* data) {
    const Hdf5Handle space = owned(H5Screate(H5S_SCALAR), H5Sclose, "make a space");
    const Hdf5Handle attribute =
        owned(H5Acreate2(object, name, type, space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
              "create an attribute");
    check(H5Awrite(attribute.id(), type, data), "write an attribute");
}

}  // namespace

void keep_hdf5_quiet() {
    static std::once_flag once;
    std::call_once(once, [] {
        // Our handles close what they opened; at the exit HDF5 would try once more to write what
        // the disk had no place for, and crash.
        H5dont_atexit();
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    });
}

void check(herr_t result, const char* what) {
    if (result < 0)
        throw EnvironmentError(std::string("HDF5 could not ") + what +
                               " (is the file whole, and is there enough disk and memory?)");
}

Hdf5Handle owned(hid_t id, Hdf5Handle::Close close, const char* what) {
    check(id < 0 ? -1 : 0, what);
    return {id, close};
}

Hdf5Handle text_type(std::size_t size) {
    Hdf5Handle type = owned(H5Tcopy(H5T_C_S1), H5Tclose, "make a text type");
    check(H5Tset_size(type.id(), std::max<std::size_t>(size, 1)), "size a text type");
    check(H5Tset_cset(type.id(), H5T_CSET_UTF8), "set UTF-8");
    check(H5Tset_strpad(type.id(), H5T_STR_NULLPAD), "set padding");
    return type;
}

void put_attribute(hid_t object, const char* name, const std::string& text) {
    const Hdf5Handle type = text_type(text.size());
    put(object, name, type.id(), text.c_str());
}

void put_attribute(hid_t object, const char* name, std::int64_t value) {
    put(object, name, H5T_NATIVE_INT64, &value);
}

std::string text_attribute(hid_t object, const char* name) {
    if (H5Aexists(object, name) <= 0) return "";
    const Hdf5Handle attribute =
        owned(H5Aopen(object, name, H5P_DEFAULT), H5Aclose, "open an attribute");
    const Hdf5Handle stored = owned(H5Aget_type(attribute.id()), H5Tclose, "read a type");
    if (H5Tget_class(stored.id()) != H5T_STRING || H5Tis_variable_str(stored.id()) > 0) return "";
    std::string text(H5Tget_size(stored.id()), '\0');
    check(H5Aread(attribute.id(), stored.id(), text.data()), "read an attribute");
    text.erase(std::find(text.begin(), text.end(), '\0'), text.end());
    return text;
}

std::int64_t number_attribute(hid_t object, const char* name) {
    if (H5Aexists(object, name) <= 0) return 0;
    const Hdf5Handle attribute =
        owned(H5Aopen(object, name, H5P_DEFAULT), H5Aclose, "open an attribute");
    std::int64_t value = 0;
    check(H5Aread(attribute.id(), H5T_NATIVE_INT64, &value), "read an attribute");
    return value;
}

}  // namespace foretwin::telemetry
