#include "hook/container/libmount.h"

#include <dlfcn.h>
#include <libmount/libmount.h>

#include <cstdio>
#include <utility>

#include "common/base/error.h"

namespace rind::hook {
namespace {

std::string text_or_empty(const char* text) { return text != nullptr ? text : ""; }

}  // namespace

struct LibMount::Library {
  Library() : handle(::dlopen("libmount.so.1", RTLD_NOW | RTLD_LOCAL)) {
    if (handle == nullptr) throw Error("load libmount", ::dlerror(), "install libmount");
  }
  ~Library() { ::dlclose(handle); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  template <typename Function>
  Function* look_up(const char* name) const {
    void* symbol = ::dlsym(handle, name);
    if (symbol == nullptr) {
      throw Error("load libmount", std::string("it lacks the function ") + name,
                  "install a newer libmount");
    }
    return reinterpret_cast<Function*>(symbol);
  }

  void* handle;
  // The types come from the header's declarations.
  decltype(::mnt_new_table)* new_table = look_up<decltype(::mnt_new_table)>("mnt_new_table");
  decltype(::mnt_unref_table)* unref_table =
      look_up<decltype(::mnt_unref_table)>("mnt_unref_table");
  decltype(::mnt_table_parse_stream)* parse_stream =
      look_up<decltype(::mnt_table_parse_stream)>("mnt_table_parse_stream");
  decltype(::mnt_new_iter)* new_iter = look_up<decltype(::mnt_new_iter)>("mnt_new_iter");
  decltype(::mnt_free_iter)* free_iter = look_up<decltype(::mnt_free_iter)>("mnt_free_iter");
  decltype(::mnt_table_next_fs)* next_fs =
      look_up<decltype(::mnt_table_next_fs)>("mnt_table_next_fs");
  decltype(::mnt_fs_get_id)* get_id = look_up<decltype(::mnt_fs_get_id)>("mnt_fs_get_id");
  decltype(::mnt_fs_get_fstype)* get_type =
      look_up<decltype(::mnt_fs_get_fstype)>("mnt_fs_get_fstype");
  decltype(::mnt_fs_get_root)* get_root = look_up<decltype(::mnt_fs_get_root)>("mnt_fs_get_root");
  decltype(::mnt_fs_get_target)* get_target =
      look_up<decltype(::mnt_fs_get_target)>("mnt_fs_get_target");
  decltype(::mnt_fs_get_devno)* get_device =
      look_up<decltype(::mnt_fs_get_devno)>("mnt_fs_get_devno");
  decltype(::mnt_fs_get_vfs_options)* get_options =
      look_up<decltype(::mnt_fs_get_vfs_options)>("mnt_fs_get_vfs_options");
  decltype(::mnt_fs_get_fs_options)* get_fs_options =
      look_up<decltype(::mnt_fs_get_fs_options)>("mnt_fs_get_fs_options");
  decltype(::mnt_fs_get_propagation)* get_propagation =
      look_up<decltype(::mnt_fs_get_propagation)>("mnt_fs_get_propagation");
};

// A parsed mount table and a position in it.
struct LibMount::Table {
  Table(const Library& library, std::string mount_info)
      : lib(library),
        text(std::move(mount_info)),
        table(library.new_table(), library.unref_table),
        iter(library.new_iter(MNT_ITER_FORWARD), library.free_iter) {
    const std::unique_ptr<FILE, int (*)(FILE*)> stream(::fmemopen(text.data(), text.size(), "r"),
                                                       &::fclose);
    if (!table || !iter || !stream ||
        library.parse_stream(table.get(), stream.get(), "mountinfo") != 0) {
      throw Error("read a mount table", "libmount cannot parse it",
                  "install a newer libmount (util-linux)");
    }
  }

  // The next entry; nullptr after the last one.
  libmnt_fs* next() {
    libmnt_fs* fs = nullptr;
    return lib.next_fs(table.get(), iter.get(), &fs) == 0 ? fs : nullptr;
  }

  const Library& lib;
  std::string text;
  std::unique_ptr<libmnt_table, void (*)(libmnt_table*)> table;
  std::unique_ptr<libmnt_iter, void (*)(libmnt_iter*)> iter;
};

LibMount::LibMount() : library_(std::make_unique<Library>()) {}
LibMount::~LibMount() = default;

MountEntries LibMount::list(const std::string& mount_info) const {
  const Library& lib = *library_;
  Table table(lib, mount_info);
  MountEntries entries;
  while (libmnt_fs* fs = table.next()) {
    unsigned long propagation = 0;
    lib.get_propagation(fs, &propagation);
    constexpr unsigned long kShared = 1UL << 20;  // MS_SHARED
    MountEntry entry;
    entry.id = static_cast<uint64_t>(lib.get_id(fs));
    entry.device = lib.get_device(fs);
    entry.type = text_or_empty(lib.get_type(fs));
    entry.root = text_or_empty(lib.get_root(fs));
    entry.target = text_or_empty(lib.get_target(fs));
    entry.options = text_or_empty(lib.get_fs_options(fs));
    entry.attributes = attributes_of(text_or_empty(lib.get_options(fs)));
    entry.shared = (propagation & kShared) != 0;
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace rind::hook
