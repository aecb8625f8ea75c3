# Writes the files of the folders beside this one, which `ogive new environment` fills in, as C arrays.
# Usage: cmake -D OUTPUT=template_bundle.c -P bundle.cmake
set(arrays "")
set(rows "")
set(number 0)
file(GLOB files RELATIVE ${CMAKE_CURRENT_LIST_DIR} ${CMAKE_CURRENT_LIST_DIR}/*/*)
foreach(path IN LISTS files)
  file(READ ${CMAKE_CURRENT_LIST_DIR}/${path} digits HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${digits}")
  get_filename_component(kind ${path} DIRECTORY)
  get_filename_component(name ${path} NAME)
  string(APPEND arrays "static const char template_bundle_${number}[] = {${bytes}0};\n")
  string(APPEND rows "    {\"${kind}\", \"${name}\", template_bundle_${number}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"cli/template_bundle.h\"\n\n${arrays}
const og_template og_templates[] = {\n${rows}};\nconst int og_template_count = ${number};\n")
