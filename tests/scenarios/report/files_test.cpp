#include <doctest/doctest.h>
#include <hdf5.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/core/error.hpp"
#include "scenarios/report/csv.hpp"
#include "scenarios/report/hdf5.hpp"
#include "scenarios/report/headline.hpp"
#include "scenarios/report/html.hpp"
#include "scenarios/report/whole_file.hpp"
#include "tests/scenarios/report/fixture.hpp"

namespace foretwin::report {

namespace {

/// A folder of its own, gone afterwards.
class Folder {
  public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "foretwin.XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path),
                                                      std::filesystem::directory_iterator()));
    }
    std::filesystem::path path;
};

std::string contents(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Files of this process may not grow beyond `bytes`, as on a disk that is full.
class FullDisk {
  public:
    explicit FullDisk(rlim_t bytes) {
        getrlimit(RLIMIT_FSIZE, &before_);
        handler_ = std::signal(SIGXFSZ, SIG_IGN);  // writing then fails instead of killing us
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    rlimit before_{};
    void (*handler_)(int) = nullptr;
};

std::string message_of(const std::filesystem::path& path) {
    try {
        write_whole_file(path, "text");
    } catch (const EnvironmentError& error) {
        return error.what();
    }
    return "no error";
}

struct Opened {
    hid_t file;
    explicit Opened(const std::filesystem::path& path)
        : file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)) {
        REQUIRE(file >= 0);
    }
    ~Opened() { H5Fclose(file); }
    std::string text(const char* path) const {
        const hid_t data = H5Dopen2(file, path, H5P_DEFAULT);
        REQUIRE(data >= 0);
        const hid_t type = H5Dget_type(data);
        std::string value(static_cast<std::size_t>(H5Dget_storage_size(data)), '\0');
        CHECK(H5Dread(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value.data()) >= 0);
        H5Tclose(type);
        H5Dclose(data);
        return value;
    }
    std::vector<double> table(const char* path, hsize_t (&sizes)[2]) const {
        const hid_t data = H5Dopen2(file, path, H5P_DEFAULT);
        REQUIRE(data >= 0);
        const hid_t space = H5Dget_space(data);
        REQUIRE(H5Sget_simple_extent_ndims(space) == 2);
        H5Sget_simple_extent_dims(space, sizes, nullptr);
        std::vector<double> values(sizes[0] * sizes[1]);
        H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
        H5Sclose(space);
        H5Dclose(data);
        return values;
    }
    std::string attribute(const char* object, const char* name) const {
        const hid_t id = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
        REQUIRE(id >= 0);
        const hid_t type = H5Aget_type(id);
        std::string value(H5Tget_size(type), '\0');
        H5Aread(id, type, value.data());
        H5Tclose(type);
        H5Aclose(id);
        return value;
    }
};

}  // namespace

TEST_CASE("HDF5: KPIs by alternative and replication, units and provenance are read back") {
    const Folder folder;
    const StudyResult study = fixture::compare_study();
    write_hdf5(study, folder.path / "study.h5");
    CHECK(folder.files() == 1);
    const Opened opened(folder.path / "study.h5");
    hsize_t sizes[2];
    const std::vector<double> downtime = opened.table("/kpis/downtime", sizes);
    CHECK(sizes[0] == 5);
    CHECK(sizes[1] == 64);
    CHECK(downtime[0] == study.alternatives[0].kpis[0].by_replication[0]);
    CHECK(downtime[4 * 64 + 63] == study.alternatives[4].kpis[0].by_replication[63]);
    CHECK(opened.attribute("/kpis/downtime", "unit") == "h");
    CHECK(opened.attribute("/kpis/energy_cost", "unit") == "EUR");
    const std::vector<double> npv = opened.table("/money/npv", sizes);
    CHECK(std::isnan(npv[0]));
    CHECK(npv[64] == study.alternatives[1].money->npv_by_future[0]);
    CHECK(opened.text("/provenance/scenario") == study.text);
    CHECK(opened.attribute("/", "fingerprint") == study.fingerprint);
    CHECK(opened.attribute("/", "foretwin") == "0.1.0");
    CHECK(opened.text("/alternatives/name").starts_with("baseline"));
    CHECK(opened.text("/provenance/inputs/path").starts_with("data/failures.csv"));
}

TEST_CASE("HDF5: a KPI that one alternative lacks is NaN there; an empty study is a valid file") {
    const Folder folder;
    StudyResult study = fixture::compare_study();
    study.alternatives[1].kpis.erase(study.alternatives[1].kpis.begin());
    study.alternatives[2].kpis[0].by_replication.resize(10);
    write_hdf5(study, folder.path / "study.h5");
    hsize_t sizes[2];
    const std::vector<double> downtime =
        Opened(folder.path / "study.h5").table("/kpis/downtime", sizes);
    CHECK(std::isnan(downtime[64]));
    CHECK_FALSE(std::isnan(downtime[2 * 64 + 9]));
    CHECK(std::isnan(downtime[2 * 64 + 10]));
    write_hdf5(StudyResult{}, folder.path / "empty.h5");
    CHECK(Opened(folder.path / "empty.h5").text("/provenance/scenario") == std::string(1, '\0'));
}

TEST_CASE("equal studies give equal bytes in every format") {
    const StudyResult study = fixture::compare_study();
    CHECK(hdf5(study) == hdf5(study));
    CHECK(html(study) == html(study));
}

TEST_CASE("an existing file is replaced whole, a link keeps pointing where it did") {
    const Folder folder;
    write_whole_file(folder.path / "a.csv", "a much longer old text");
    write_whole_file(folder.path / "a.csv", "new");
    CHECK(contents(folder.path / "a.csv") == "new");
    std::filesystem::create_symlink(folder.path / "a.csv", folder.path / "link");
    write_whole_file(folder.path / "link", "through");
    CHECK(std::filesystem::is_symlink(folder.path / "link"));
    CHECK(contents(folder.path / "a.csv") == "through");
    CHECK(folder.files() == 2);
}

TEST_CASE("a file that outgrows the disk leaves nothing, and the older one as it was") {
    const Folder folder;
    const StudyResult study = fixture::compare_study();
    write_whole_file(folder.path / "old.h5", "old");
    {
        const FullDisk full(4096);
        CHECK_THROWS_AS(write_hdf5(study, folder.path / "study.h5"), EnvironmentError);
        CHECK_THROWS_AS(write_html(study, folder.path / "study.html"), EnvironmentError);
        CHECK_THROWS_AS(write_csv(study, folder.path / "study.csv"), EnvironmentError);
        CHECK_THROWS_AS(write_hdf5(study, folder.path / "old.h5"), EnvironmentError);
    }
    CHECK(folder.files() == 1);
    CHECK(contents(folder.path / "old.h5") == "old");
}

TEST_CASE("no space left is told with a way out, and the device stays a device") {
    if (!std::filesystem::exists("/dev/full")) return;
    const std::string message = message_of("/dev/full");
    CHECK(message.find("No space left on device") != std::string::npos);
    CHECK(message.find("free some space") != std::string::npos);
    CHECK(std::filesystem::is_character_file("/dev/full"));
}

TEST_CASE("a missing folder, a folder as file, and missing rights are told with a way out") {
    const Folder folder;
    CHECK(message_of(folder.path / "no" / "such.csv").find("create the folder first") !=
          std::string::npos);
    CHECK(message_of(folder.path).find("not a folder") != std::string::npos);
    CHECK(folder.files() == 0);
    if (::geteuid() == 0) return;  // nothing is forbidden to the superuser
    ::chmod(folder.path.c_str(), 0500);
    CHECK(message_of(folder.path / "a.csv").find("may write to") != std::string::npos);
    ::chmod(folder.path.c_str(), 0700);
}

TEST_CASE("files that belong together are written all or none") {
    const Folder folder;
    write_whole_files({{folder.path / "a", "old a"}, {folder.path / "b", "old b"}});
    SUBCASE("a disk that is full at the second") {
        const FullDisk full(100);
        CHECK_THROWS_AS(write_whole_files({{folder.path / "a", "new a"},
                                           {folder.path / "b", std::string(1000, 'b')}}),
                        EnvironmentError);
    }
    SUBCASE("somebody who changes his mind when all is ready") {
        CHECK_THROWS_AS(
            write_whole_files({{folder.path / "a", "new a"}, {folder.path / "b", "new b"}},
                              [] { throw EnvironmentError("stop"); }),
            EnvironmentError);
    }
    SUBCASE("a second that is a folder") {
        std::filesystem::remove(folder.path / "b");
        std::filesystem::create_directory(folder.path / "b");
        CHECK_THROWS_AS(
            write_whole_files({{folder.path / "a", "new a"}, {folder.path / "b", "new b"}}),
            EnvironmentError);
    }
    CHECK(contents(folder.path / "a") == "old a");
    CHECK(folder.files() == 2);
}

TEST_CASE("files that belong together replace the older ones and leave nothing else") {
    const Folder folder;
    write_whole_files({{folder.path / "a", "old a"}, {folder.path / "b", "old b"}});
    bool asked = false;
    write_whole_files({{folder.path / "a", "new a"}, {folder.path / "b", "new b"}}, [&] {
        asked = true;
        CHECK(contents(folder.path / "a") == "old a");
    });
    CHECK(asked);
    CHECK(contents(folder.path / "a") == "new a");
    CHECK(contents(folder.path / "b") == "new b");
    CHECK(folder.files() == 2);
}

}  // namespace foretwin::report
