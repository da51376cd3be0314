// What is open: the captures and keys that were asked for, and all that was found in them so far. When keys are added,
// or a port is decoded as something else, everything is read again from its beginning.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "session/store/record_store.hpp"
#include "ui/model/loader.hpp"

namespace overhear {

class Document {
 public:
  // `on_news` may be called by another thread: poll() has something to do.
  explicit Document(std::function<void()> on_news);

  void open(LoadRequest request);
  // All of these read again, if anything is open.
  void add_captures(const std::vector<std::string>& paths);
  void add_key_logs(const std::vector<std::string>& paths);
  void decode_as(const DecodeAs& rule);  // without a protocol: not any more
  void reload();
  void close();
  void cancel();

  // Takes over what was found since the last time. True: something was.
  bool poll();

  bool is_open() const { return loader_ != nullptr; }
  bool is_loading() const { return is_open() && !progress_.is_over; }
  const LoadRequest& request() const { return request_; }
  const LoadProgress& progress() const { return progress_; }
  const RecordStore& store() const { return *store_; }
  // Grows when what was there is replaced: numbers of rows mean others then.
  std::uint64_t generation() const { return generation_; }
  // "chat.pcapng", "a.pcap and 2 more"; empty: nothing is open.
  std::string title() const;

 private:
  void start();

  std::function<void()> on_news_;
  LoadRequest request_;
  std::unique_ptr<RecordStore> store_;
  std::unique_ptr<Loader> loader_;  // goes before what it fills
  LoadProgress progress_;
  std::uint64_t generation_ = 0;
};

}  // namespace overhear
