FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server && rm -rf /var/lib/apt/lists/* && mkdir -p /data && chown redis /data
VOLUME /data
USER redis
CMD ["redis-server", "--protected-mode", "no"]
