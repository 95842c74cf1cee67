export { toOpenApi, type OpenApi } from './document.js';
export { Operation, type OperationInfo } from './operation.js';
export { OPENAPI_PARTS, OpenApiController, type OpenApiParts } from './openapi.controller.js';
export { routesOf } from './routes.js';
