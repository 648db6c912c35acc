# cmake -DTEXT=openapi.json -DINTO=openapi_text.cpp -P embed.cmake: the file as a constant of the program.
file(READ "${TEXT}" text)
file(
    WRITE "${INTO}"
    "// Made of openapi.json by embed.cmake.\n#include \"server/people/openapi.hpp\"\n\n"
    "namespace trafikito::server::people {\n\nstd::string_view openapi_text() {\n"
    "    return R\"openapi(${text})openapi\";\n}\n\n} // namespace trafikito::server::people\n"
)
