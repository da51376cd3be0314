// Every bound of the program in one place. Reaching one is a finding, never a crash and never silence: what is over
// the limit is cut, marked, and the reading goes on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace overhear {

struct Limits {
  // capture files
  std::size_t packet_bytes = 262'144;   // one packet, as libpcap's MAXIMUM_SNAPLEN
  std::size_t block_bytes = 16u << 20;  // one pcapng block that is no packet
  // live capture
  std::size_t live_queue_bytes = 256u << 20;  // packets that were captured and wait to be looked at
  // IP
  std::size_t fragment_bytes = 4u << 20;  // all fragments that wait for the rest of their datagram
  std::int64_t fragment_time_ns = 30 * kSecond;
  unsigned extension_headers = 256;  // of one IPv6 packet
  // TCP
  std::size_t hole_bytes = 16u << 20;          // one stream's bytes that wait behind a hole
  std::size_t reassembly_bytes = 256u << 20;   // the same, all streams together
  unsigned hole_packets = 64;                  // a hole that the peer acknowledged past becomes a gap after so many
  std::int64_t hole_time_ns = kSecond;         // packets of its connection, or after this time
  std::size_t overlap_history = 2048;          // delivered bytes kept per stream, at most, to compare a copy with
  std::size_t connections = 100'000;           // open at a time; the one silent for longest is closed first
  std::int64_t linger_time_ns = 60 * kSecond;  // a closed connection still owns its late packets for so long
  // transports and framing
  std::size_t detection_bytes = 1u << 20;     // of a stream that nobody claims are searched for a first message
  std::size_t unfinished_bytes = 256u << 20;  // messages that are not whole yet, all sessions together
  std::size_t http_head_bytes = 64u << 10;
  std::size_t message_bytes = 16u << 20;     // one message, as framed and after inflating
  std::size_t opaque_run_bytes = 64u << 10;  // bytes of no known protocol are cut into records of this size
  std::size_t message_packets = 256;         // packet numbers listed with one message
  // TLS
  std::size_t tls_handshake_bytes = 256u << 10;  // one handshake message; certificates are the largest
  std::size_t tls_search_records = 64;           // that do not open, before a direction is given up
  std::size_t tls_sequences = 1024;              // sequence numbers tried ahead of the last one behind a loss
  std::size_t tls_search_bytes = 2u << 20;       // tried so in a direction, and 64 more for each byte that comes
  // JSON
  unsigned json_depth = 512;
  std::size_t json_nodes = 65'536;  // values of one message that are looked into; the rest is only checked
  // keys
  std::size_t derived_keys = 4096;         // DH private keys whose public key is computed
  std::int64_t key_wait_ns = 5 * kSecond;  // a session that lacks a key which may still come waits for so long
  std::size_t key_wait_bytes = 64u << 20;  // all sessions that wait, together
  // sessions
  std::size_t pending_requests = 1024;     // per session, that wait for their answer
  std::size_t pending_bytes = 256u << 20;  // what is remembered of them, all sessions together
  std::int64_t reply_ns = 5 * kSecond;     // so long an answer that need not come is waited for
  std::int64_t patience_ns = kSecond;      // who leaves sooner after asking did not wait for the answer
  // all sessions with one server
  std::size_t name_bytes = 256;         // of a room or a user; a longer one is none that anyone chose
  std::size_t room_names = 50'000;      // rooms, and users in them, that are followed
  std::size_t lines = 1024;             // the last ones said, which a server may bring to others
  std::size_t line_bytes = 16u << 20;   // what is remembered of them, all together
  std::int64_t line_ns = 10 * kSecond;  // for so long
  std::size_t asked_moves = 4096;       // requests to enter or leave a room that wait for their answer
  // transcript: lines whose author was not seen, to tell their copies
  std::int64_t copy_ns = 10 * kSecond;  // for so long
  std::size_t copy_bytes = 16u << 20;   // what is remembered of them, all together
  std::size_t copies_alike = 256;       // with the same words
};

}  // namespace overhear
