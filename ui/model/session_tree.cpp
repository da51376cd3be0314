#include "ui/model/session_tree.hpp"

#include <fmt/format.h>

#include "dissectors/protocol.hpp"
#include "dissectors/registry.hpp"

namespace overhear {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLeastPause{250};  // many sessions take a while to look at

std::string_view name_of(const Protocol* protocol) {
  return protocol == nullptr ? std::string_view() : protocol->name;
}

std::string key_of(const TreeLine& line) {
  return line.level == TreeLine::Level::Protocol ? std::string(name_of(line.protocol))
                                                 : fmt::format("{} {}", name_of(line.protocol), to_string(line.server));
}

void add(TreeLine& line, const SessionSummary& session) {
  if (line.sessions == 0) line.session = session.number;
  ++line.sessions;
  line.messages += session.messages;
  line.bytes += session.bytes;
  for (std::size_t severity = 0; severity < 3; ++severity) line.findings[severity] += session.findings[severity];
}

}  // namespace

void SessionTree::restart() {
  groups_.clear();
  lines_.clear();
  seen_ = SIZE_MAX;
  updated_at_ = {};
}

void SessionTree::update(const RecordStore& store, bool is_final) {
  if (seen_ == store.size()) return;
  if (!is_final && steady_clock::now() - updated_at_ < kLeastPause) return;
  store_ = &store;
  seen_ = store.size();
  groups_.clear();
  for (const SessionSummary& session : store.sessions()) {
    Group& group = groups_[name_of(session.protocol)];
    group.line.protocol = session.protocol;
    Server& server = group.servers[session.server];
    server.line.level = TreeLine::Level::Server;
    server.line.protocol = session.protocol;
    server.line.server = session.server;
    server.sessions.push_back(session.number);
    add(server.line, session);
    add(group.line, session);
  }
  list_lines();
  updated_at_ = steady_clock::now();
}

void SessionTree::list_lines() {
  lines_.clear();
  for (auto& [name, group] : groups_) {
    group.line.is_open = !closed_.contains(key_of(group.line));
    lines_.push_back(group.line);
    if (!group.line.is_open) continue;
    for (auto& [endpoint, server] : group.servers) {
      server.line.is_open = !closed_.contains(key_of(server.line));
      lines_.push_back(server.line);
      if (!server.line.is_open) continue;
      for (const std::uint32_t number : server.sessions) {
        TreeLine line{.level = TreeLine::Level::Session, .protocol = group.line.protocol, .server = endpoint};
        add(line, *store_->session(number));
        lines_.push_back(line);
      }
    }
  }
}

void SessionTree::toggle(std::size_t line) {
  if (lines_[line].level == TreeLine::Level::Session) return;
  const std::string key = key_of(lines_[line]);
  if (closed_.erase(key) == 0) closed_.insert(key);
  list_lines();
}

std::set<std::uint32_t> SessionTree::sessions_of(std::size_t line) const {
  const TreeLine& chosen = lines_[line];
  if (chosen.level == TreeLine::Level::Session) return {chosen.session};
  std::set<std::uint32_t> sessions;
  for (const auto& [endpoint, server] : groups_.at(name_of(chosen.protocol)).servers) {
    if (chosen.level == TreeLine::Level::Server && endpoint != chosen.server) continue;
    sessions.insert(server.sessions.begin(), server.sessions.end());
  }
  return sessions;
}

}  // namespace overhear
