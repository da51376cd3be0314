#include "proxy/name_lookup.hpp"

#include <boost/asio/post.hpp>
#include <mutex>
#include <system_error>
#include <thread>

namespace overhear {
namespace {

constexpr int kMostSearches = 64;  // at a time, also those that were given up
constexpr auto kPause = std::chrono::milliseconds(10);

// What a search brings to who waits for it, who may be gone by then.
struct Answer {
  std::mutex mutex;
  asio::io_context* io = nullptr;         // null: nobody waits
  asio::steady_timer* waiting = nullptr;  // the io_context's thread's
  error_code error = asio::error::operation_aborted;
  tcp::resolver::results_type places;
};

void search(const HostPort& place, const std::shared_ptr<Answer>& answer) {
  asio::io_context own;
  tcp::resolver resolver(own);
  error_code error;
  auto places = resolver.resolve(place.host, std::to_string(place.port), error);
  const std::scoped_lock lock(answer->mutex);
  answer->error = error;
  answer->places = std::move(places);
  if (answer->io == nullptr) return;
  asio::post(*answer->io, [answer] {
    if (answer->waiting != nullptr) answer->waiting->cancel();
  });
}

// Who waits, for as long as it does.
class Waiting {
 public:
  Waiting(asio::io_context& io, asio::steady_timer& timer) {
    answer_->io = &io;
    answer_->waiting = &timer;
  }
  ~Waiting() { (void)leave(); }
  Waiting(const Waiting&) = delete;

  const std::shared_ptr<Answer>& answer() const { return answer_; }
  NameLookup::Found leave() {
    const std::scoped_lock lock(answer_->mutex);
    answer_->io = nullptr;
    answer_->waiting = nullptr;
    if (answer_->error) return std::unexpected(answer_->error);
    return answer_->places;
  }

 private:
  std::shared_ptr<Answer> answer_ = std::make_shared<Answer>();
};

// False: there is no thread for it.
bool start_search(const HostPort& place, const std::shared_ptr<Answer>& answer,
                  const std::shared_ptr<std::atomic<int>>& running) {
  try {
    std::thread([place, answer, running] {
      search(place, answer);
      --*running;
    }).detach();
  } catch (const std::system_error&) {
    return false;
  }
  ++*running;
  return true;
}

}  // namespace

asio::awaitable<NameLookup::Found> NameLookup::find(const HostPort& place, asio::steady_timer& patience) {
  Waiting waiting(io_, patience);
  while (*running_ >= kMostSearches || !start_search(place, waiting.answer(), running_)) {
    patience.expires_after(kPause);
    const auto [error] = co_await patience.async_wait(kAsTuple);
    if (error) co_return std::unexpected(error);
  }
  patience.expires_at(asio::steady_timer::time_point::max());
  (void)co_await patience.async_wait(kAsTuple);
  co_return waiting.leave();
}

}  // namespace overhear
