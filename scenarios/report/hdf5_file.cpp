#include "scenarios/report/hdf5_file.hpp"

#include <algorithm>
#include <array>

#include "engine/core/rule.hpp"

namespace foretwin::report {

namespace {

using telemetry::check;
using telemetry::owned;
using telemetry::text_type;

Hdf5Handle create_in_memory() {
    telemetry::keep_hdf5_quiet();
    constexpr std::size_t growth = 1U << 20U;
    const Hdf5Handle access = owned(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "prepare a file");
    check(H5Pset_fapl_core(access.id(), growth, false), "keep a file in memory");
    // The name is never opened on disk: the backing store is off.
    return owned(H5Fcreate("study.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), H5Fclose,
                 "create a file");
}

Hdf5Handle scalar() {
    return owned(H5Screate(H5S_SCALAR), H5Sclose, "make a space");
}

Hdf5Handle extent(const std::vector<hsize_t>& sizes) {
    return owned(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), H5Sclose,
                 "make a space");
}

Hdf5Handle with_groups_on_the_way() {
    Hdf5Handle properties = owned(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "prepare a link");
    check(H5Pset_create_intermediate_group(properties.id(), 1), "create groups");
    check(H5Pset_char_encoding(properties.id(), H5T_CSET_UTF8), "set UTF-8");
    return properties;
}

}  // namespace

Hdf5File::Hdf5File() : file_(create_in_memory()) {}

void Hdf5File::put_group(const std::string& path) {
    const Hdf5Handle links = with_groups_on_the_way();
    owned(H5Gcreate2(file_.id(), path.c_str(), links.id(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose,
          "create a group");
}

void Hdf5File::put_dataset(const std::string& path, hid_t type, hid_t space, const void* data) {
    const Hdf5Handle links = with_groups_on_the_way();
    const Hdf5Handle creation = owned(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "prepare data");
    check(H5Pset_obj_track_times(creation.id(), false), "leave out times");
    const Hdf5Handle dataset = owned(
        H5Dcreate2(file_.id(), path.c_str(), type, space, links.id(), creation.id(), H5P_DEFAULT),
        H5Dclose, "create data");
    if (data != nullptr)
        check(H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), "write data");
}

void Hdf5File::put_attribute(const std::string& path, const std::string& name, hid_t type,
                             const void* data) {
    const Hdf5Handle object =
        owned(H5Oopen(file_.id(), path.c_str(), H5P_DEFAULT), H5Oclose, "find an object");
    const Hdf5Handle space = scalar();
    const Hdf5Handle attribute =
        owned(H5Acreate2(object.id(), name.c_str(), type, space.id(), H5P_DEFAULT, H5P_DEFAULT),
              H5Aclose, "create an attribute");
    check(H5Awrite(attribute.id(), type, data), "write an attribute");
}

void Hdf5File::put_attribute(const std::string& path, const std::string& name,
                             const std::string& text) {
    const Hdf5Handle type = text_type(text.size());
    put_attribute(path, name, type.id(), text.c_str());
}

void Hdf5File::put_attribute(const std::string& path, const std::string& name, double value) {
    put_attribute(path, name, H5T_NATIVE_DOUBLE, &value);
}

void Hdf5File::put_attribute(const std::string& path, const std::string& name, std::int64_t value) {
    put_attribute(path, name, H5T_NATIVE_INT64, &value);
}

void Hdf5File::put_text(const std::string& path, const std::string& text) {
    const Hdf5Handle type = text_type(text.size());
    const Hdf5Handle space = scalar();
    put_dataset(path, type.id(), space.id(), text.c_str());
}

void Hdf5File::put_texts(const std::string& path, const std::vector<std::string>& texts) {
    std::size_t size = 1;
    for (const std::string& text : texts) size = std::max(size, text.size());
    std::string padded;
    for (const std::string& text : texts) padded += text + std::string(size - text.size(), '\0');
    const Hdf5Handle type = text_type(size);
    const Hdf5Handle space = extent({texts.size()});
    put_dataset(path, type.id(), space.id(), texts.empty() ? nullptr : padded.data());
}

void Hdf5File::put_numbers(const std::string& path, const std::vector<std::int64_t>& values) {
    const Hdf5Handle space = extent({values.size()});
    put_dataset(path, H5T_NATIVE_INT64, space.id(), values.empty() ? nullptr : values.data());
}

void Hdf5File::put_table(const std::string& path, const std::vector<double>& values,
                         std::size_t columns) {
    FORETWIN_RULE(columns == 0 ? values.empty() : values.size() % columns == 0,
                  "a table has rows of equal length");
    const Hdf5Handle space = extent({columns == 0 ? 0 : values.size() / columns, columns});
    put_dataset(path, H5T_NATIVE_DOUBLE, space.id(), values.empty() ? nullptr : values.data());
}

std::string Hdf5File::bytes() const {
    check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), "complete the file");
    const ssize_t size = H5Fget_file_image(file_.id(), nullptr, 0);
    check(size > 0 ? 0 : -1, "size the file");
    std::string image(static_cast<std::size_t>(size), '\0');
    const bool whole = H5Fget_file_image(file_.id(), image.data(), image.size()) == size;
    check(whole ? 0 : -1, "copy the file");
    return image;
}

}  // namespace foretwin::report
