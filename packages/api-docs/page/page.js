SwaggerUIBundle({
  dom_id: '#api',
  url: '/docs/openapi.json',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  // A badge of another site.
  validatorUrl: null,
})
