// JSON values back to back on a bare stream, with white space, line ends or nothing between them; each may be a zlib
// stream of its own. A value ends where its brackets balance. After a loss the next value is looked for that stands
// between messages and looks like one of this session's protocol.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "dissectors/framing/inflater.hpp"
#include "dissectors/json/json_boundary.hpp"
#include "dissectors/json/json_progress.hpp"
#include "dissectors/layer.hpp"

namespace overhear {

class JsonPackages final : public Framer {
 public:
  JsonPackages(LayerContext& context, Direction direction);

  void on_data() override;
  void on_gap(std::uint64_t missing) override;
  void on_end() override;

 private:
  enum class Found : std::uint8_t { Message, Nothing, NeedMore };

  void run();
  bool take_value();
  bool take_text(std::size_t prefix);
  bool take_zlib();
  void start_search(const Rule& skipped_as);
  Inflater::Status inflate(std::string_view text);
  void emit(std::size_t length, const JsonIndex* json);
  void emit_inflated(std::size_t length, std::string_view text);
  void give_up(std::size_t length);
  bool search(bool is_final);
  void search_to_the_end();
  void waste_package();
  void pass_over(std::size_t length);
  Found try_candidate(std::size_t at, std::size_t& length);

  // A zlib stream of which only a part has come: opened as far as it reaches, so that no byte is inflated twice.
  struct Package {
    Inflater inflater{Inflater::Format::Zlib};
    std::string text;
    std::size_t consumed = 0;
  };

  StreamBuffer& in() { return context_.streams[direction_]; }

  LayerContext& context_;
  Direction direction_;
  JsonBoundary boundary_;
  bool has_started_ = false;  // boundary_ has seen the value at the front of the stream
  bool is_searching_;
  std::size_t searched_ = 0;        // of the stream, while searching
  char before_ = '\0';              // the last byte that was passed over
  bool is_candidate_open_ = false;  // progress_ belongs to the candidate at searched_
  JsonProgress progress_;
  const Rule* skipped_as_;  // the finding about what is passed over
  std::unique_ptr<Package> package_;
  std::uint64_t passed_ = 0;  // bytes of this search that were handed on
  std::uint64_t wasted_ = 0;  // on candidates that looked like zlib streams
};

// Whether text begins with the header of a zlib stream as every common library writes it (RFC 1950, 2.2).
bool is_zlib_header(std::string_view text);

}  // namespace overhear
