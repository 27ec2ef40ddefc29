# One image for every process of ours; Compose and Kubernetes choose by command: `node payment-service/dist/main.js`.
# And, as target `gateway`, Nginx with the documentation that it serves.
# Node's version is that of the npm package `node` in package.json, Nginx's that of Compose (tests/compose checks both).
ARG NODE_IMAGE=node:24.21.0-slim
ARG NGINX_IMAGE=nginx:1.28

FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/contracts/package.json packages/contracts/
COPY packages/api-docs/package.json packages/api-docs/
COPY packages/client/package.json packages/client/
COPY packages/platform/package.json packages/platform/
COPY packages/testkit/package.json packages/testkit/
COPY db/package.json db/
COPY cluster/package.json cluster/
COPY payment-service/package.json payment-service/
COPY inquiry-service/package.json inquiry-service/
COPY payment-worker/package.json payment-worker/
COPY event-services/package.json event-services/
COPY bank-simulator/package.json bank-simulator/
COPY traffic-generator/package.json traffic-generator/
COPY load-tests/package.json load-tests/
COPY ops/package.json ops/

# What runs: no compiler, no test tools, no native servers, no second Node. Optional packages stay: a checksum's native
# code is one of them, built for each platform.
FROM manifests AS dependencies
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --ignore-scripts \
      --workspace=db --workspace=payment-service --workspace=inquiry-service --workspace=payment-worker \
      --workspace=event-services --workspace=bank-simulator --workspace=traffic-generator \
      --workspace=packages/contracts --workspace=packages/client --workspace=packages/platform

FROM manifests AS build
RUN --mount=type=cache,target=/root/.npm npm ci --omit=optional --ignore-scripts
COPY tsconfig.base.json ./
COPY packages/contracts packages/contracts
COPY packages/api-docs packages/api-docs
COPY packages/client packages/client
COPY packages/platform packages/platform
COPY db db
COPY payment-service payment-service
COPY inquiry-service inquiry-service
COPY payment-worker payment-worker
COPY event-services event-services
COPY bank-simulator bank-simulator
COPY traffic-generator traffic-generator
# SQL and Lua stay in src/, beside the modules that read them; TypeScript does not go into the image, nor do the packages
# that only this stage needs.
RUN node_modules/.bin/tsc -b packages/contracts packages/api-docs packages/client packages/platform \
      db payment-service inquiry-service payment-worker event-services bank-simulator traffic-generator \
 && node packages/api-docs/dist/main.js /docs \
 && rm -rf packages/*/node_modules db/node_modules *-service/node_modules payment-worker/node_modules event-services/node_modules \
      bank-simulator/node_modules traffic-generator/node_modules \
 && find packages db *-service payment-worker event-services bank-simulator traffic-generator -type f \
      \( -name '*.ts' -o -name '*.d.ts.map' -o -name '*.tsbuildinfo' -o -name 'tsconfig*.json' \) -delete

FROM ${NGINX_IMAGE} AS gateway
COPY --from=build /docs /usr/share/payment-cluster/docs

FROM ${NODE_IMAGE}
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps
WORKDIR /app
COPY --from=dependencies /app ./
COPY --from=build /app/packages/contracts packages/contracts
COPY --from=build /app/packages/client packages/client
COPY --from=build /app/packages/platform packages/platform
COPY --from=build /app/db db
COPY --from=build /app/payment-service payment-service
COPY --from=build /app/inquiry-service inquiry-service
COPY --from=build /app/payment-worker payment-worker
COPY --from=build /app/event-services event-services
COPY --from=build /app/bank-simulator bank-simulator
COPY --from=build /app/traffic-generator traffic-generator
COPY deploy/compose/*.mjs deploy/compose/
# A named volume mounted here takes over its owner.
RUN mkdir /demo /bank /traffic && chown node:node /demo /bank /traffic
USER node
CMD ["node", "payment-service/dist/main.js"]
