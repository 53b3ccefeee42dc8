#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace foretwin::telemetry {

/// An HDF5 identifier that closes itself; made by `owned`, which checks it.
class Hdf5Handle {
  public:
    using Close = herr_t (*)(hid_t);
    Hdf5Handle() = default;
    Hdf5Handle(hid_t id, Close close) : id_(id), close_(close) {}
    Hdf5Handle(Hdf5Handle&& other) noexcept : id_(other.id_), close_(other.close_) {
        other.id_ = H5I_INVALID_HID;
    }
    Hdf5Handle(const Hdf5Handle&) = delete;
    Hdf5Handle& operator=(const Hdf5Handle&) = delete;
    Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
        if (this == &other) return *this;
        reset();
        id_ = other.id_;
        close_ = other.close_;
        other.id_ = H5I_INVALID_HID;
        return *this;
    }
    ~Hdf5Handle() { reset(); }
    void reset() {
        if (id_ >= 0) close_(id_);
        id_ = H5I_INVALID_HID;
    }
    hid_t id() const { return id_; }

  private:
    hid_t id_ = H5I_INVALID_HID;
    Close close_ = nullptr;
};

/// HDF5 would print its own stack of errors on stderr; ours says what to do. Safe to repeat.
void keep_hdf5_quiet();

/// EnvironmentError "HDF5 could not `what`" unless the call went well.
Hdf5Handle owned(hid_t id, Hdf5Handle::Close close, const char* what);
void check(herr_t result, const char* what);

/// UTF-8 text of so many bytes, filled up with zeros; at least one.
Hdf5Handle text_type(std::size_t size);

/// Attributes of one value; read back, one that is not there is empty or 0.
void put_attribute(hid_t object, const char* name, const std::string& text);
void put_attribute(hid_t object, const char* name, std::int64_t value);
std::string text_attribute(hid_t object, const char* name);
std::int64_t number_attribute(hid_t object, const char* name);

}  // namespace foretwin::telemetry
