// Where the program's memory lies.
#pragma once

namespace overhear {

// Puts the first part of the heap on huge pages, as far as the system has them. What thousands of connections that take
// turns need is spread over megabytes; with ordinary pages, finding out where each of them lies costs more than
// fetching it. Changes nothing else, and nothing where it can't be done. Call before anything large is allocated.
void use_huge_pages();

}  // namespace overhear
