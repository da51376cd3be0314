#include "proxy/proxy.hpp"

#include <utility>

#include "proxy/proxy_worker.hpp"

namespace overhear {

Proxy::Proxy(std::unique_ptr<ProxyWorker> worker) : worker_(std::move(worker)) {}

Proxy::~Proxy() {
  stop();
}

std::expected<std::unique_ptr<Proxy>, Error> Proxy::open(ProxyOptions options) {
  auto worker = std::make_unique<ProxyWorker>(std::move(options));
  if (auto opened = worker->open(); !opened) return std::unexpected(opened.error());
  return std::unique_ptr<Proxy>(new Proxy(std::move(worker)));
}

std::vector<Proxy::Listening> Proxy::listening() const {
  return worker_->listening();
}

std::filesystem::path Proxy::new_authority() const {
  return worker_->new_authority();
}

std::filesystem::path Proxy::control() const {
  return worker_->control();
}

std::optional<std::uint64_t> Proxy::seed() const {
  return worker_->seed();
}

void Proxy::start() {
  worker_->start();
}

void Proxy::stop() {
  worker_->stop();
}

StreamQueue& Proxy::queue() {
  return worker_->queue();
}

std::uint64_t Proxy::clients() const {
  return worker_->clients();
}

}  // namespace overhear
