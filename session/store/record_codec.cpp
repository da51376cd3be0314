#include "session/store/record_codec.hpp"

#include <bit>
#include <cstring>
#include <functional>
#include <type_traits>

namespace overhear {

// Each record has one list of its parts (the functions `carry`), which is gone through in both directions. A number is
// a varint of seven bits a byte; a text says where in the body it lies or stands there itself; what is constant for as
// long as the program runs is a pointer.
class Packing {
 public:
  explicit Packing(std::vector<std::uint8_t>& out) : out_(out) { out_.clear(); }

  template <typename Number>
    requires std::is_integral_v<Number> || std::is_enum_v<Number>
  void number(const Number& value) {
    if constexpr (std::is_signed_v<Number>) {
      const auto wide = static_cast<std::int64_t>(value);
      put(std::bit_cast<std::uint64_t>(wide << 1 ^ wide >> 63));
    } else {
      put(static_cast<std::uint64_t>(value));
    }
  }
  template <typename T>
  void constant(const T* const& pointer) {
    const auto place = reinterpret_cast<std::uintptr_t>(pointer);
    raw(&place, sizeof place);
  }
  void constant(const std::string_view& text) {
    const char* const data = text.data();
    constant(data);
    put(text.size());
  }
  void body(const std::string_view& text) {
    put(text.size());
    body_ = text;
    raw(text.data(), text.size());
  }
  void text(const std::string_view& text) {
    put(text.size());
    if (text.empty()) return;
    const std::less_equal<> is_before;
    const bool lies_inside = !body_.empty() && is_before(body_.data(), text.data()) &&
                             is_before(text.data() + text.size(), body_.data() + body_.size());
    put(lies_inside ? static_cast<std::uint64_t>(text.data() - body_.data()) + 1 : 0);
    if (!lies_inside) raw(text.data(), text.size());
  }
  void string(const std::string& value) {
    put(value.size());
    raw(value.data(), value.size());
  }
  void json(const JsonIndex* const& json) {
    put(json != nullptr ? 1 : 0);
    json_ = json;
  }
  void node(const JsonNode* const& node) {
    put(node == nullptr ? 0 : static_cast<std::uint64_t>(node - &json_->root()) + 1);
  }
  void endpoint(const Endpoint& endpoint) {
    const auto& address = endpoint.address;
    put(address.is_v6 ? 1 : 0);
    raw(address.bytes.data(), address.is_v6 ? 16 : 4);
    put(endpoint.port);
  }
  template <typename T, typename Carry>
  void optional(const std::optional<T>& value, const Carry& carry) {
    put(value ? 1 : 0);
    if (value) carry(*value);
  }
  template <typename T, typename Carry>
  void list(const std::span<const T>& items, std::vector<T>*, const Carry& carry) {
    put(items.size());
    for (const T& item : items) carry(item);
  }

 private:
  void put(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<std::uint8_t>(value | 0x80));
    out_.push_back(static_cast<std::uint8_t>(value));
  }
  void raw(const void* data, std::size_t size) {
    const auto* const bytes = static_cast<const std::uint8_t*>(data);
    out_.insert(out_.end(), bytes, bytes + size);
  }

  std::vector<std::uint8_t>& out_;
  std::string_view body_;
  const JsonIndex* json_ = nullptr;
};

class Unpacking {
 public:
  Unpacking(RecordUnpacker& to, Bytes bytes, bool with_json)
      : to_(to), at_(reinterpret_cast<const char*>(bytes.data())), with_json_(with_json) {}

  template <typename Number>
    requires std::is_integral_v<Number> || std::is_enum_v<Number>
  void number(Number& value) {
    const std::uint64_t bits = get();
    if constexpr (std::is_signed_v<Number>) {
      value = static_cast<Number>(static_cast<std::int64_t>(bits >> 1) ^ -static_cast<std::int64_t>(bits & 1));
    } else {
      value = static_cast<Number>(bits);
    }
  }
  template <typename T>
  void constant(const T*& pointer) {
    std::uintptr_t place = 0;
    std::memcpy(&place, at_, sizeof place);
    at_ += sizeof place;
    pointer = reinterpret_cast<const T*>(place);  // NOLINT(performance-no-int-to-ptr): as it was given to Packing
  }
  void constant(std::string_view& text) {
    const char* data = nullptr;
    constant(data);
    text = {data, get()};
  }
  void body(std::string_view& text) { body_ = text = take(get()); }
  void text(std::string_view& text) {
    const std::uint64_t size = get();
    const std::uint64_t place = size == 0 ? 0 : get();
    text = place == 0 ? take(size) : body_.substr(place - 1, size);
  }
  void string(std::string& value) { value = take(get()); }
  void json(const JsonIndex*& json) {
    json = nullptr;
    if (get() == 0 || !with_json_) return;
    to_.json_.parse(body_, to_.limits_);
    json = &to_.json_;
  }
  void node(const JsonNode*& node) {
    const std::uint64_t place = get();
    node = place == 0 || !with_json_ ? nullptr : &to_.json_.root() + (place - 1);
  }
  void endpoint(Endpoint& endpoint) {
    endpoint = {};
    endpoint.address.is_v6 = get() != 0;
    const std::string_view address = take(endpoint.address.is_v6 ? 16 : 4);
    std::memcpy(endpoint.address.bytes.data(), address.data(), address.size());
    endpoint.port = static_cast<std::uint16_t>(get());
  }
  template <typename T, typename Carry>
  void optional(std::optional<T>& value, const Carry& carry) {
    value.reset();
    if (get() != 0) carry(value.emplace(T{}));
  }
  template <typename T, typename Carry>
  void list(std::span<const T>& items, std::vector<T>* memory, const Carry& carry) {
    memory->resize(get());
    for (T& item : *memory) carry(item);
    items = *memory;
  }

 private:
  std::uint64_t get() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(*at_++);
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
  }
  std::string_view take(std::uint64_t size) {
    const std::string_view taken(at_, size);
    at_ += size;
    return taken;
  }

  RecordUnpacker& to_;
  const char* at_;
  bool with_json_;
  std::string_view body_;
};

namespace {

void carry_finding(auto& codec, auto& finding) {
  codec.constant(finding.rule);
  codec.constant(finding.spec);
  codec.string(finding.text);
  codec.string(finding.field);
  codec.optional(finding.bytes, [&](auto& bytes) { codec.number(bytes); });
  codec.number(finding.count);
}

void carry_name(auto& codec, auto& name) {
  codec.number(name.session);
  codec.number(name.number);
}

void carry_action(auto& codec, auto& action) {
  codec.number(action.index);
  codec.constant(action.type_spec);
  codec.text(action.type);
  codec.text(action.id);
  codec.node(action.json);
  codec.text(action.user);
  codec.text(action.room);
  codec.text(action.text);
  codec.node(action.said_at);
  codec.optional(action.delivered_from, [&](auto& name) { carry_name(codec, name); });
  codec.number(action.first_finding);
  codec.number(action.findings);
}

void carry_move(auto& codec, auto& move) {
  codec.number(move.kind);
  codec.text(move.user);
  codec.text(move.room);
  codec.text(move.name);
  codec.number(move.is_own);
}

struct Lists {
  std::vector<std::uint64_t>* packets = nullptr;
  std::vector<Finding>* findings = nullptr;
  std::vector<Finding>* action_findings = nullptr;
  std::vector<Action>* actions = nullptr;
  std::vector<Move>* moves = nullptr;
};

void carry_frame(auto& codec, auto& message, const Lists& lists) {
  codec.number(message.session);
  codec.number(message.number);
  codec.number(message.direction);
  codec.endpoint(message.source);
  codec.endpoint(message.destination);
  codec.number(message.time_first.ns);
  codec.number(message.time.ns);
  codec.list(message.packets, lists.packets, [&](auto& packet) { codec.number(packet); });
  codec.number(message.size);
  codec.number(message.end);
  codec.number(message.frame);
  codec.text(message.decrypted);
  codec.text(message.variant);
  codec.number(message.is_encrypted);
  codec.number(message.boundaries_unknown);
}

void carry_meaning(auto& codec, auto& message, const Lists& lists) {
  codec.constant(message.protocol);
  codec.constant(message.type_spec);
  codec.text(message.type);
  codec.text(message.id);
  codec.optional(message.reply_to, [&](auto& number) { codec.number(number); });
  codec.number(message.latency_ns);
  codec.text(message.reply_type);
  codec.optional(message.delivered_from, [&](auto& name) { carry_name(codec, name); });
  codec.text(message.content);
  codec.text(message.client_name);
  codec.text(message.user);
  codec.text(message.room);
  codec.text(message.text);
  codec.node(message.said_at);
  codec.text(message.to);
  codec.number(message.is_text_sealed);
  codec.list(message.moves, lists.moves, [&](auto& move) { carry_move(codec, move); });
  codec.number(message.are_moves_asked);
  codec.number(message.outcome);
  codec.text(message.reason);
  codec.optional(message.refusal, [&](auto& refusal) {
    codec.text(refusal.user);
    codec.text(refusal.room);
    codec.number(refusal.is_line);
  });
  codec.list(message.findings, lists.findings, [&](auto& finding) { carry_finding(codec, finding); });
  codec.list(message.actions, lists.actions, [&](auto& action) { carry_action(codec, action); });
  codec.list(message.action_findings, lists.action_findings, [&](auto& finding) { carry_finding(codec, finding); });
}

void carry(auto& codec, auto& message, const Lists& lists) {
  codec.body(message.body);
  codec.json(message.json);
  carry_frame(codec, message, lists);
  carry_meaning(codec, message, lists);
}

// The finding itself lies apart.
void carry_loose(auto& codec, auto& loose) {
  codec.optional(loose.time, [&](auto& time) { codec.number(time.ns); });
  codec.number(loose.session);
  codec.number(loose.message);
  codec.optional(loose.direction, [&](auto& direction) { codec.number(direction); });
  codec.number(loose.packet);
}

void carry_session(auto& codec, auto& session) {
  codec.number(session.session);
  codec.number(session.time.ns);
  codec.endpoint(session.client);
  codec.endpoint(session.server);
  codec.constant(session.protocol);
  codec.text(session.user);
  codec.text(session.reason);
  codec.number(session.messages);
  codec.number(session.bytes_client);
  codec.number(session.bytes_server);
  codec.number(session.is_shown);
  codec.number(session.is_mentioned);
}

void carry_event(auto& codec, auto& event) {
  codec.number(event.session);
  codec.number(event.time.ns);
  codec.optional(event.direction, [&](auto& direction) { codec.number(direction); });
  codec.text(event.layer);
  codec.text(event.event);
  codec.optional(event.size, [&](auto& size) { codec.number(size); });
  codec.text(event.detail);
}

void carry_room_event(auto& codec, auto& event) {
  codec.number(event.session);
  codec.number(event.message);
  codec.number(event.time.ns);
  codec.constant(event.protocol);
  codec.endpoint(event.server);
  codec.text(event.event);
  codec.text(event.user);
  codec.text(event.room);
  codec.text(event.name);
  codec.number(event.members);
}

}  // namespace

Bytes RecordPacker::pack(const Message& message) {
  Packing codec(bytes_);
  carry(codec, message, {});
  return bytes_;
}

Bytes RecordPacker::pack(const LooseFinding& finding) {
  Packing codec(bytes_);
  carry_finding(codec, *finding.finding);
  carry_loose(codec, finding);
  return bytes_;
}

Bytes RecordPacker::pack(const SessionRecord& session) {
  Packing codec(bytes_);
  carry_session(codec, session);
  return bytes_;
}

Bytes RecordPacker::pack(const Event& event) {
  Packing codec(bytes_);
  carry_event(codec, event);
  return bytes_;
}

Bytes RecordPacker::pack(const RoomEvent& event) {
  Packing codec(bytes_);
  carry_room_event(codec, event);
  return bytes_;
}

const Message& RecordUnpacker::message(Bytes bytes, bool with_json) {
  Unpacking codec(*this, bytes, with_json);
  carry(codec, message_,
        {.packets = &packets_,
         .findings = &findings_,
         .action_findings = &action_findings_,
         .actions = &actions_,
         .moves = &moves_});
  const auto text_of = [](const Endpoint& endpoint, EndpointText& last) {
    if (last.text.empty() || last.endpoint != endpoint) last = {endpoint, to_string(endpoint)};
    return std::string_view(last.text);
  };
  message_.source_text = text_of(message_.source, source_);
  message_.destination_text = text_of(message_.destination, destination_);
  return message_;
}

const LooseFinding& RecordUnpacker::finding(Bytes bytes) {
  Unpacking codec(*this, bytes, false);
  carry_finding(codec, finding_);
  carry_loose(codec, loose_);
  loose_.finding = &finding_;
  return loose_;
}

const SessionRecord& RecordUnpacker::session(Bytes bytes) {
  Unpacking codec(*this, bytes, false);
  carry_session(codec, session_);
  return session_;
}

const Event& RecordUnpacker::event(Bytes bytes) {
  Unpacking codec(*this, bytes, false);
  carry_event(codec, event_);
  return event_;
}

const RoomEvent& RecordUnpacker::room_event(Bytes bytes) {
  Unpacking codec(*this, bytes, false);
  carry_room_event(codec, room_event_);
  return room_event_;
}

}  // namespace overhear
