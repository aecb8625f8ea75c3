/// The files of templates/, from which new environments are made; written by
/// templates/bundle.cmake.
#pragma once

/// A file of a new environment. @NAME@ in its text, and NAME in its name, stand for the name.
typedef struct og_template {
    const char* kind;  ///< its folder: "plugin"
    const char* name;  ///< "NAME.c"
    const char* text;
} og_template;

extern const og_template og_templates[];
extern const int og_template_count;
