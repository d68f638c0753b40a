var settings = {
  COSMOS_DATABASE: 'shop'
}
