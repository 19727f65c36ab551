// Shows the API's description with the Swagger viewer that ships with the server. Requests it sends carry the session
// and its CSRF token.

class ApiDocs extends HTMLElement {
  connectedCallback() {
    if (!window.SwaggerUIBundle) return;
    const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
    window.SwaggerUIBundle({
      url: this.getAttribute("schema"),
      domNode: this,
      deepLinking: true,
      docExpansion: "none",
      defaultModelsExpandDepth: -1,
      requestInterceptor: (request) => {
        Object.assign(request.headers, headers);
        return request;
      },
    });
  }
}

customElements.define("api-docs", ApiDocs);
