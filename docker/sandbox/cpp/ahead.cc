// A plugin for the g++ that precompiles a header. gcc instantiates templates at the end of a program, and a precompiled
// header has no end: those that the header's own functions use were made anew in every program, which took three
// quarters of an empty one's time. The end of the header is as good a place to instantiate them ([temp.point]), and
// "#pragma lovelace ahead" there does it. The compiler that reads the header needs no plugin.
//
// gcc does not write a program's functions unless they are used; so it does not write these.
#include "gcc-plugin.h"
#include "tree.h"
#include "cp/cp-tree.h"
#include "c-family/c-pragma.h"
#include "plugin-version.h"

int plugin_is_GPL_compatible;

// Use the virtual functions of a class whose table is used: they are instantiated because of it.
static bool use_virtuals(tree type) {
    tree table = CLASSTYPE_VTABLES(type);
    if (!table || !TREE_USED(table)) return false;
    bool more = false;
    for (tree entry = BINFO_VIRTUALS(TYPE_BINFO(type)); entry; entry = TREE_CHAIN(entry)) {
        tree function = BV_FN(entry);
        if (DECL_TEMPLATE_INSTANTIATION(function) && !TREE_USED(function)) more |= mark_used(function);
    }
    return more;
}

static void instantiate(cpp_reader *) {
    at_eof = 1;  // as at the end: only then does gcc settle the linkage of what it instantiates
    bool more;
    do {
        instantiate_pending_templates(0);
        more = false;
        unsigned number;
        tree type;
        FOR_EACH_VEC_SAFE_ELT (keyed_classes, number, type) more |= use_virtuals(type);
    } while (more);
    at_eof = 0;
}

static void add_pragma(void *, void *) {
    c_register_pragma("lovelace", "ahead", instantiate);
}

int plugin_init(plugin_name_args *info, plugin_gcc_version *version) {
    if (!plugin_default_version_check(version, &gcc_version)) return 1;
    register_callback(info->base_name, PLUGIN_PRAGMAS, add_pragma, nullptr);
    return 0;
}
