# Kafka from the jars of libs/embedded; its own wrapper makes settings out of KAFKA_*, as in the official image.
FROM debian:bookworm-slim
RUN apt-get update -qq && mkdir -p /usr/share/man/man1 && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless && rm -rf /var/lib/apt/lists/* && useradd appuser
COPY jars /opt/kafka/libs
COPY log4j2.properties /opt/kafka/log4j2.properties
COPY kafka.sh /usr/local/bin/entrypoint
RUN chmod a+x /usr/local/bin/entrypoint && mkdir -p /etc/kafka/docker /mnt/shared/config /opt/kafka/config /var/lib/kafka/data && touch /etc/kafka/docker/server.properties /etc/kafka/docker/log4j2.yaml /etc/kafka/docker/tools-log4j2.yaml && chown -R appuser /opt/kafka/config /var/lib/kafka
VOLUME /var/lib/kafka/data
USER appuser
CMD ["entrypoint"]
