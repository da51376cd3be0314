// Ctrl-C and SIGTERM as a question that a command asks, so that it can end in order.
#pragma once

#include <poll.h>

#include <span>

namespace overhear {

// From here on these signals no longer end the program; they are noticed by the two functions below.
void catch_interrupts();
// Once such a signal has come, another one a second later ends the program at once: it may be waiting for a reader of
// its output who reads no more. For a program that would otherwise never end.
void end_at_second_interrupt();

// Whether one has come. Always false before catch_interrupts().
bool was_interrupted();

enum class Wait { Input, Nothing, Interrupted };

// Waits until `descriptor` (or none: -1) has something to read, `milliseconds` are over, or a signal came, now or
// earlier.
Wait wait_for_input(int descriptor, int milliseconds);
// The same for several, of which each says for what (poll(2)) and learns what has come. Negative: for ever.
Wait wait_for_any(std::span<pollfd> descriptors, int milliseconds);

}  // namespace overhear
