// overhear fields: what a filter (-Y) may name, for people and for machines.
#pragma once

#include <CLI/CLI.hpp>

namespace overhear {

struct FieldsArguments {
  bool as_json = false;
};

void add_fields_command(CLI::App& app, FieldsArguments& arguments);
int run_fields(const FieldsArguments& arguments);

}  // namespace overhear
