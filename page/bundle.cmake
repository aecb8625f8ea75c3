# Makes pages of the files beside this one and writes them as C arrays: that of reports, which is one
# file, and the live one, whose script and style are files of their own.
# Usage: cmake -D OUTPUT=page_bundle.c -P bundle.cmake
#
# Modules are joined in the order below into one script for each page, without their imports and exports; so
# names at the top of a module are unique among all of them. The policy admits this very script and
# this very style by their hashes, and nothing from elsewhere.

set(modules format.js element.js scale.js picture.js task.js progress.js designs.js parallel.js
    slices.js interaction.js importance.js neighbours.js diagnostics.js course.js page.js)
set(live_modules live_follow.js live_control.js live_list.js live.js)

function(join_modules result)
  set(script "")
  foreach(module IN LISTS ARGN)
    file(READ ${CMAKE_CURRENT_LIST_DIR}/${module} text)
    string(REGEX REPLACE "\nimport [^\n]*" "" text "\n${text}")
    string(REPLACE "\nexport " "\n" text "${text}")
    string(APPEND script "${text}")
  endforeach()
  string(REGEX MATCHALL "\n(const|let|class|function|async function) +[A-Za-z0-9]+" names "${script}")
  list(TRANSFORM names REPLACE "\n[a-z ]+ +" "")
  set(known ${names})
  list(REMOVE_DUPLICATES known)
  list(LENGTH names count)
  list(LENGTH known different)
  if(NOT count EQUAL different)
    list(SORT names)
    message(FATAL_ERROR "page: a name stands at the top of two modules: ${names}")
  endif()
  set(${result} "${script}" PARENT_SCOPE)
endfunction()

join_modules(script ${modules} report.js)
join_modules(live_script ${modules} ${live_modules})
file(READ ${CMAKE_CURRENT_LIST_DIR}/page.css style)
file(READ ${CMAKE_CURRENT_LIST_DIR}/page.html page)
file(READ ${CMAKE_CURRENT_LIST_DIR}/live.html live_page)
file(READ ${CMAKE_CURRENT_LIST_DIR}/live.css live_style)
string(PREPEND live_style "${style}")

# hash of a text as policies write it: base64 of SHA-256, from three hexadecimal digits at a time
function(policy_hash text result)
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  string(SHA256 digits "${text}")
  set(encoded "")
  foreach(start RANGE 0 60 3)
    string(SUBSTRING ${digits} ${start} 3 three)
    math(EXPR high "0x${three} >> 6")
    math(EXPR low "0x${three} & 63")
    string(SUBSTRING ${alphabet} ${high} 1 first)
    string(SUBSTRING ${alphabet} ${low} 1 second)
    string(APPEND encoded "${first}${second}")
  endforeach()
  string(SUBSTRING ${digits} 63 1 one)
  math(EXPR last "0x${one} << 2")
  string(SUBSTRING ${alphabet} ${last} 1 final)
  set(${result} "sha256-${encoded}${final}=" PARENT_SCOPE)
endfunction()

policy_hash("${script}" script_hash)
policy_hash("${style}" style_hash)
string(REPLACE "@SCRIPT_HASH@" "${script_hash}" page "${page}")
string(REPLACE "@STYLE_HASH@" "${style_hash}" page "${page}")
string(REPLACE "@STYLE@" "${style}" page "${page}")
string(REPLACE "@SCRIPT@" "${script}" page "${page}")

string(FIND "${page}" "@DATA@" middle)
string(LENGTH "@DATA@" length)
math(EXPR behind "${middle} + ${length}")
string(SUBSTRING "${page}" 0 ${middle} head)
string(SUBSTRING "${page}" ${behind} -1 tail)

function(array_of text name result)
  string(HEX "${text}" digits)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${digits}")
  set(${result} "const char og_${name}[] = {${bytes}0};\nconst size_t og_${name}_size = sizeof og_${name} - 1;\n" PARENT_SCOPE)
endfunction()

array_of("${head}" page_head head_array)
array_of("${tail}" page_tail tail_array)
array_of("${live_page}" live_page live_page_array)
array_of("${live_script}" live_script live_script_array)
array_of("${live_style}" live_style live_style_array)
file(WRITE ${OUTPUT} "#include \"report/page_bundle.h\"\n\n${head_array}\n${tail_array}\n"
    "${live_page_array}\n${live_script_array}\n${live_style_array}")
