#include "engine/telemetry/rows.hpp"

#include <algorithm>

namespace foretwin::telemetry {

namespace {

template <class T>
void cut(std::vector<T>& column, std::size_t first, std::size_t last) {
    if (column.empty()) return;
    column.erase(column.begin() + static_cast<std::ptrdiff_t>(last), column.end());
    column.erase(column.begin(), column.begin() + static_cast<std::ptrdiff_t>(first));
}

template <class T>
void join(std::vector<T>& column, const std::vector<T>& more, std::size_t first, std::size_t last) {
    if (more.empty()) return;
    column.insert(column.end(), more.begin() + static_cast<std::ptrdiff_t>(first),
                  more.begin() + static_cast<std::ptrdiff_t>(last));
}

}  // namespace

void Rows::resize(std::size_t rows, SeriesKind kind) {
    at.resize(rows);
    value.resize(kind == SeriesKind::numbers ? rows : 0);
    code.resize(kind == SeriesKind::texts ? rows : 0);
    detail.resize(kind == SeriesKind::texts ? rows : 0);
    quality.resize(rows);
}

void Rows::reserve(std::size_t rows, SeriesKind kind) {
    at.reserve(rows);
    if (kind == SeriesKind::numbers) {
        value.reserve(rows);
    } else {
        code.reserve(rows);
        detail.reserve(rows);
    }
    quality.reserve(rows);
}

void Rows::keep(std::size_t first, std::size_t last) {
    cut(at, first, last);
    cut(value, first, last);
    cut(code, first, last);
    cut(detail, first, last);
    cut(quality, first, last);
}

void Rows::append(const Rows& more, std::size_t first, std::size_t last) {
    join(at, more.at, first, last);
    join(value, more.value, first, last);
    join(code, more.code, first, last);
    join(detail, more.detail, first, last);
    join(quality, more.quality, first, last);
}

std::size_t Rows::row_of(Instant instant) const {
    return static_cast<std::size_t>(std::lower_bound(at.begin(), at.end(), instant) - at.begin());
}

}  // namespace foretwin::telemetry
