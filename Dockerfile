# owlet on Debian 12, built as `./x build` does it.
#
#   docker build -t owlet .
#   docker run --rm -p 127.0.0.1:9000:9000 -p 127.0.0.1:15002:15002 -v owlet-data:/data owlet
#
# A container's loopback cannot be reached from outside of it, so the server listens on all addresses of
# the container: publish its ports on the host's loopback only, as above. There a client of Spark Connect
# needs a token (README, Security).

FROM debian:12 AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git
WORKDIR /owlet
# Set-up first: it is done again only when one of its files changes.
COPY x ./
COPY tools/setup tools/setup
RUN ./x setup
COPY . .
RUN ./x build release && cmake --install build/release --prefix /opt/owlet --strip
# The packages of the shared libraries that the program needs.
RUN ldd /opt/owlet/bin/owlet | awk '$3 ~ "^/" { print $3; print "/usr" $3 }' \
    | xargs dpkg-query -S 2>/dev/null | sed 's/:.*//' | sort -u >/opt/owlet/packages.txt

FROM debian:12-slim
COPY --from=build /opt/owlet /opt/owlet
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 tzdata $(cat /opt/owlet/packages.txt) \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home owlet && install -d -o owlet /data
# The Python of Spark steps, at the path that it was made for.
COPY --from=build /owlet/.venv /owlet/.venv
ENV PATH=/opt/owlet/bin:/owlet/.venv/bin:$PATH OWLET_DATA=/data OWLET_PYTHON=/owlet/.venv/bin/python
USER owlet
VOLUME /data
EXPOSE 9000 15002
ENTRYPOINT ["owlet"]
CMD ["serve", "--listen", "0.0.0.0:9000", "--spark-listen", "0.0.0.0:15002", "--allow-remote"]
